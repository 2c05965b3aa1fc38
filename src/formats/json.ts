/** Answers and records as JSON: everything the atlas knows, with where each fact is from and whether it still works. */
import type { Answer, Knowledge, Provider } from '../provider/model.ts';
import { authenticOf } from '../provider/parties.ts';
import { sayAnswer, sayProvider } from './answer.ts';

/** The answer to a lookup. User names are filled in where the asker gave a local part; `login` is theirs. */
export function answerJson(answer: Answer, knowledge: Knowledge, local?: string, login?: string) {
  return sayAnswer(answer, { knowledge, authentic: authenticOf, local, login });
}

/** A whole record, with its domains and the decisions behind it. */
export function providerJson(record: Provider, knowledge: Knowledge) {
  return sayProvider(record, { knowledge, authentic: authenticOf });
}

/** A line in a list of records. */
export function summaryJson(provider: Provider) {
  const { id, name, short, kind, country, access, domains } = provider;
  const protocols = [...new Set([...provider.incoming, ...provider.outgoing].map(({ protocol }) => protocol))];
  return { id, name, short, kind, country, access, domains: domains.length, protocols };
}
