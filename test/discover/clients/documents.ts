/** Our output for every open record, read by the rules of every client: what each ends with. */
import { curatedOf, parseCatalog } from '../../../src/catalog/catalog.ts';
import { readDataDir } from '../../../src/catalog/files.ts';
import { shippedData } from '../../../src/cli/options.ts';
import type { Client, Person, PoxReading } from '../../../src/discover/clients/model.ts';
import { clients } from '../../../src/discover/clients/table.ts';
import { type Judgement, judgeSettings } from '../../../src/discover/clients/verdict.ts';
import { renderAutoconfig } from '../../../src/formats/autoconfig/render.ts';
import { renderAutodiscover } from '../../../src/formats/autodiscover/render.ts';
import { renderProfile } from '../../../src/formats/mobileconfig/render.ts';
import { parseXml } from '../../../src/formats/xml.ts';
import { parseDomain } from '../../../src/name/domain.ts';
import { literalDomains, withHosts } from '../../../src/provider/hosts.ts';
import { type Answer, type AnsweredProvider, nothingKnown, type Provider } from '../../../src/provider/model.ts';

export const formats = ['autoconfig', 'autodiscover', 'profile'] as const;
export type Format = (typeof formats)[number];

export interface Read {
  readonly client: Client;
  readonly format: Format;
  readonly provider: AnsweredProvider;
  readonly text: string;
  readonly reading: PoxReading;
  readonly judgement: Judgement;
}

export const { providers } = curatedOf(parseCatalog(readDataDir(shippedData)));
const local = 'max.muster';

/** The answer for a domain of the record, or for a customer's domain that is hosted there. */
export function answerOf(provider: Provider): Answer {
  const [domain] = literalDomains(provider);
  const hosted = { matchedBy: 'mx', trust: 'dns', mx: parseDomain('mx1.customer.zz') } as const;
  return {
    domain: parseDomain(domain ?? 'customer.zz'),
    provider,
    ...(domain === undefined ? hosted : { matchedBy: 'domain', trust: 'curated' }),
  };
}

/** What we give in a format; undefined where the record cannot be said in it. */
export function given(format: Format, answer: Answer): string | undefined {
  if (format === 'autoconfig') return renderAutoconfig(answer, nothingKnown);
  if (format === 'autodiscover') return renderAutodiscover(answer, nothingKnown, local);
  const rendered = renderProfile({ answer, knowledge: nothingKnown, language: 'en', local });
  return 'profile' in rendered ? rendered.profile : undefined;
}

function readBy(client: Client, format: Format, text: string, person: Person): PoxReading | undefined {
  if (format === 'profile') return client.profile?.(text, person);
  return client[format]?.(parseXml(text), person);
}

/** Every open record in every format that a client reads. */
export function readAll(): Read[] {
  const open = providers.filter(({ access }) => access === 'open');
  return open.flatMap((record) => {
    const answer = answerOf(record);
    const provider = withHosts(answer);
    const person = { local, domain: answer.domain };
    return formats.flatMap((format) => {
      const text = given(format, answer);
      if (text === undefined) return [];
      return clients.flatMap((client): Read[] => {
        const reading = readBy(client, format, text, person);
        if (!reading) return [];
        const settings = 'incoming' in reading ? reading : undefined;
        return [{ client, format, provider, text, reading, judgement: judgeSettings(settings, provider, person) }];
      });
    });
  });
}
