/** `build --as`: the atlas in the forms of other people's lists. */
import { join } from 'node:path';
import { writeText } from '../catalog/files.ts';
import { renderAutoconfig } from '../formats/autoconfig/render.ts';
import type { Foreign } from '../formats/foreign.ts';
import { renderNodemailer } from '../formats/nodemailer.ts';
import { renderProviderDb } from '../formats/providerdb/render.ts';
import { parseDomain } from '../name/domain.ts';
import { literalDomains } from '../provider/hosts.ts';
import type { Knowledge, Provider } from '../provider/model.ts';
import { exit, note, out, outJson } from './say.ts';
import type { Snapshot } from './snapshot.ts';

/** One file a record, or one for all. */
type Form = (records: readonly Provider[], knowledge: Knowledge) => readonly Foreign[];

export const forms = {
  ispdb: (records, knowledge) => records.map((record) => ispdbFile(record, knowledge)),
  'provider-db': (records, knowledge) => records.map((record) => renderProviderDb(record, knowledge)),
  nodemailer: (records, knowledge) => {
    const { text, why } = renderNodemailer(records, knowledge);
    return [{ file: 'services.json', text }, ...why.map((one) => ({ why: one }))];
  },
} as const satisfies Record<string, Form>;

export function isForm(name: string): name is keyof typeof forms {
  return Object.hasOwn(forms, name);
}

function ispdbFile(provider: Provider, knowledge: Knowledge): Foreign {
  const [domain] = literalDomains(provider);
  if (domain === undefined) return { why: `${provider.name} has no mail domain of its own` };
  const text = renderAutoconfig({ domain: parseDomain(domain), provider, matchedBy: 'domain' }, knowledge);
  return text === undefined
    ? { why: `${provider.name} has no servers that this list can name` }
    : { file: `${provider.id}.xml`, text };
}

export function buildAs(
  { curated, knowledge, from }: Snapshot,
  form: keyof typeof forms,
  dir: string,
  json: boolean,
): number {
  const results = forms[form](curated.providers, knowledge);
  const files = results.filter((result) => 'file' in result);
  const leftOut = results.flatMap((result) => ('why' in result ? [result.why] : []));
  for (const { file, text } of files) writeText(join(dir, file), text);
  note(`from ${from}`);
  if (json) outJson({ dir, files: files.length, leftOut });
  else {
    for (const why of leftOut) note(`left out: ${why}`);
    out(
      `${dir}: ${files.length === 1 ? '1 file' : `${files.length} files`}, ${leftOut.length === 1 ? '1 record' : `${leftOut.length} records`} left out`,
    );
  }
  return exit.yes;
}
