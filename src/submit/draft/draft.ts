/**
 * From what a stranger sends to a draft, or to a list of everything that is wrong with it, each at its place. What comes
 * through here has the shape of a record, plain texts and bounded lists; whether it is true is for the checks.
 */
import * as z from 'zod';
import { parseAutoconfig } from '../../formats/autoconfig/parse.ts';
import type { Remark } from '../../formats/draft.ts';
import { sourceKey } from '../../formats/draft.ts';
import { XmlError } from '../../formats/xml.ts';
import { parseAddress } from '../../name/address.ts';
import { NameError } from '../../name/domain.ts';
import { hostName, httpsUrl } from '../../provider/fields.ts';
import type { Provider } from '../../provider/model.ts';
import { Provider as ProviderSchema, kinds as providerKinds } from '../../provider/schema.ts';
import { type Draft, kinds } from '../model.ts';
import { fillRecord, isMap } from './fill.ts';
import { mostCharacters, pointer, readJson } from './json.ts';
import { type Mistake, mistake } from './mistake.ts';
import { readShape } from './shape.ts';
import { textFault } from './text.ts';

/** What became of what was sent. */
export type ReadDraft =
  | {
      readonly draft: Draft;
      /** Where its sender wants to be written to. No part of the draft: it is erased when the submission ends. */
      readonly contact?: string;
      /** What was filled in or left out on the way, in English clauses. */
      readonly remarks: readonly Remark[];
    }
  | { readonly mistakes: readonly Mistake[] };

/** The record of this id that is served. */
export type Served = (id: string) => Provider | undefined;

/** Characters of what people say with a submission or a decision. */
export const mostReason = 2000;
const most = { domains: 500, mx: 50, incoming: 20, outgoing: 20, services: 20, local: 10, setup: 20, sources: 50 };
const mostElsewhere = 30;

const language = z.enum(['en', 'de']).describe('The language of notices: en or de. English unless it is said.');

/** The body of a submission in JSON. The record is judged by itself, after what was left out is filled in. */
export const Submission = z.strictObject({
  kind: z
    .enum(kinds)
    .optional()
    .describe(
      'What this is: a new record, a change of one, a report of a mistake, a removal. With a record it may be left out: it is a change where there is such a record.',
    ),
  id: hostName.optional().describe('The id of the record it is about; with a record it may be left out.'),
  record: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('For new and change: the whole record as it should be, in the form of provider.schema.json.'),
  reason: z
    .string()
    .max(mostReason)
    .optional()
    .describe('Why, and how one can see it. Plain text; links with https:// only.'),
  contact: z
    .string()
    .max(254)
    .optional()
    .describe('An e-mail address for notices; kept only while the submission is open.'),
  language: language.optional(),
});

/** What a file in autoconfig's format does not say, given beside it. */
export const Beside = z.strictObject({
  ...Submission.omit({ record: true, kind: true }).shape,
  kind: z
    .enum(['new', 'change'])
    .optional()
    .describe('new or change; without it, change where there is such a record.'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166)')
    .optional(),
  provider: z.enum(providerKinds).optional().describe('What the provider is, first of all, to its mail users.'),
  website: httpsUrl.optional().describe('The provider’s own site.'),
  operator: hostName.optional().describe('Whose machines these are, when another company’s.'),
  documentation: httpsUrl.optional().describe('The provider’s page that says so.'),
});

/** Reads a submission in JSON. Never throws. */
export function readDraft(text: string, served: Served): ReadDraft {
  const json = readJson(text);
  if ('mistakes' in json) return json;
  const body = readShape(Submission, json.value);
  if ('mistakes' in body) return body;
  const { record, ...rest } = body.value;
  const about = rest.id ?? (typeof record?.['id'] === 'string' ? record['id'] : undefined);
  const base = about === undefined ? undefined : served(about);
  const kind = body.value.kind ?? (record && (base ? 'change' : 'new'));
  if (kind === undefined) return { mistakes: [mistake('/kind', 'missing', { clause: 'This is missing.' })] };
  const filled = record && fillRecord(record, rest.id ?? firstOf(record['domains']), base);
  return finish(kind, { sent: record, filled: filled?.value }, rest, served, filled?.remarks ?? []);
}

/**
 * Reads a submission that is a file in autoconfig's format. A change of a served record puts the file's servers in the
 * place of its own, adds the file's domains, and leaves everything that such a file cannot say as it is. Never throws.
 * @param beside what is said beside the file, as texts (query parameters, options)
 */
export function readXmlDraft(text: string, beside: Readonly<Record<string, string>>, served: Served): ReadDraft {
  if (text.length > mostCharacters) return { mistakes: [mistake('', 'too-large', { most: mostCharacters / 1024 })] };
  const given = readShape(Beside, beside);
  if ('mistakes' in given) return given;
  const { country, provider, website, operator, documentation, ...rest } = given.value;
  let file: ReturnType<typeof parseAutoconfig>;
  try {
    file = parseAutoconfig(text, { url: 'https://host.invalid/' });
  } catch (error) {
    if (error instanceof XmlError) return { mistakes: [mistake('', 'xml', { why: error.message })] };
    throw error;
  }
  const { record } = file;
  // Half a server is no server: whoever sends it wants to know.
  const unusable = file.remarks
    .filter(({ says }) => says.startsWith('is incomplete'))
    .map(({ where, says }) => mistake(where, 'element', { why: says }));
  if (unusable.length > 0) return { mistakes: unusable };
  const base = served(rest.id ?? record.id);
  const { sources: _, ...facts } = JSON.parse(JSON.stringify(record, withoutSource)) as Record<string, unknown>;
  const pages =
    documentation === undefined ? {} : { documentation: [{ url: documentation, lang: 'en', about: 'settings' }] };
  const said = {
    ...pages,
    ...facts,
    ...(country !== undefined && { country }),
    ...(provider !== undefined && { kind: provider }),
    ...(website !== undefined && { website }),
    ...(operator !== undefined && { operator }),
  };
  const whole = base === undefined ? said : over(base, said);
  const filled = fillRecord(whole, rest.id, base);
  const kind = rest.kind ?? (base === undefined ? 'new' : 'change');
  return finish(kind, { sent: said, filled: filled.value }, rest, served, [...file.remarks, ...filled.remarks]);
}

/** The importer's own source stands for the file, which nobody can look up: what has it counts as without a source. */
function withoutSource(key: string, value: unknown): unknown {
  return key === 'sources' && Array.isArray(value) && value[0] === sourceKey ? undefined : value;
}

/** A served record with the file's facts in it. Servers that stay keep what the file cannot say. */
function over(base: Provider, said: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { domains, id: _, name: _name, short: _short, documentation: _pages, ...facts } = said;
  const known = [...base.incoming, ...base.outgoing, ...(base.services ?? [])];
  const sourced = (servers: unknown) =>
    Array.isArray(servers)
      ? servers.map((server: Record<string, unknown>) => {
          const same = known.find((one) =>
            ['protocol', 'host', 'port', 'security', 'url'].every(
              (field) => (one as Record<string, unknown>)[field] === server[field],
            ),
          );
          if (!same) return server;
          // Such a file can neither ask for a user name nor say what to enter.
          const asks = same.username === 'ask' ? { username: 'ask' } : {};
          return { ...server, ...asks, ...(same.hint && { hint: same.hint }), sources: same.sources };
        })
      : servers;
  return {
    ...base,
    ...facts,
    ...Object.fromEntries(
      (['incoming', 'outgoing', 'services'] as const).flatMap((list) =>
        facts[list] === undefined ? [] : [[list, sourced(facts[list])]],
      ),
    ),
    domains: [...new Set([...base.domains, ...(Array.isArray(domains) ? (domains as string[]) : [])])].sort(),
    sources: base.sources,
  };
}

function finish(
  kind: Draft['kind'],
  { sent, filled: value }: { readonly sent: unknown; readonly filled: unknown },
  {
    id,
    reason = '',
    contact,
    language: wanted = 'en',
  }: Pick<z.infer<typeof Submission>, 'id' | 'reason' | 'contact' | 'language'>,
  served: Served,
  remarks: readonly Remark[],
): ReadDraft {
  const about = id ?? (isMap(value) && typeof value['id'] === 'string' ? value['id'] : '');
  const mistakes: Mistake[] = [...boundsOf(value), ...textsOf(sent, '/record', textsIn(served(about)))];
  const needsRecord = kind === 'new' || kind === 'change';
  if (needsRecord && value === undefined) mistakes.push(mistake('/record', 'no-record', { kind }));
  if (!needsRecord && value !== undefined) mistakes.push(mistake('/record', 'not-wanted', { kind }));
  if (!needsRecord && reason.trim() === '') mistakes.push(mistake('/reason', 'no-reason', { kind }));
  if (!needsRecord && id === undefined) mistakes.push(mistake('/id', 'missing', { clause: 'This is missing.' }));
  const fault = textFault(reason, { lines: true });
  if (fault) mistakes.push(mistake('/reason', fault));
  const address = contact === undefined ? undefined : readContact(contact);
  if (typeof address === 'object') mistakes.push(address);
  if (mistakes.length > 0) return { mistakes };

  const shaped = value === undefined ? { value: undefined } : readShape(ProviderSchema, value, '/record');
  if ('mistakes' in shaped) return shaped;
  const record = shaped.value;
  if (record && record.id !== about)
    return { mistakes: [mistake('/record/id', 'other-id', { id: record.id, other: about })] };
  if (kind === 'new' && served(about)) return { mistakes: [mistake('/kind', 'served', { id: about })] };
  if (kind !== 'new' && !served(about)) return { mistakes: [mistake('/id', 'unserved', { id: about })] };
  return {
    draft: { kind, id: about, ...(record && { record }), reason: reason.trim(), language: wanted },
    ...(typeof address === 'string' && { contact: address }),
    remarks,
  };
}

/** Lists that are longer than any record needs. */
function boundsOf(record: unknown): Mistake[] {
  if (!isMap(record)) return [];
  return Object.entries(record).flatMap(([field, value]) => {
    const bound = Object.hasOwn(most, field) ? most[field as keyof typeof most] : mostElsewhere;
    const size = Array.isArray(value) ? value.length : isMap(value) ? Object.keys(value).length : 0;
    return size > bound ? [mistake(pointer('/record', field), 'too-many', { most: bound })] : [];
  });
}

/**
 * Every text of the record, wherever it stands: no field can be forgotten here. What is served already may stay, and the page
 * of a source may be one without https.
 */
function textsOf(value: unknown, at: string, known: ReadonlySet<string>): Mistake[] {
  if (typeof value === 'string') {
    const fault = known.has(value) ? undefined : textFault(value);
    const isPage = fault === 'link' && /^\/record\/sources\/[^/]+\/url$/.test(at);
    return fault === undefined || isPage ? [] : [mistake(at, fault)];
  }
  const inner = isMap(value) ? Object.entries(value) : Array.isArray(value) ? [...value.entries()] : [];
  return inner.flatMap(([step, one]) => textsOf(one, pointer(at, step), known));
}

function textsIn(value: unknown): Set<string> {
  if (typeof value === 'string') return new Set([value]);
  return new Set(isMap(value) || Array.isArray(value) ? Object.values(value).flatMap((one) => [...textsIn(one)]) : []);
}

/** What stands before the @ without quotes (RFC 5322 section 3.2.3, RFC 6532). */
const mailbox = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;

/** An address with both its parts, without a display name or anything else a mail header would take. */
function readContact(text: string): string | Mistake {
  try {
    const { local, domain } = parseAddress(text);
    if (!/\p{C}/u.test(text) && local !== undefined && mailbox.test(local)) return `${local}@${domain}`;
    return mistake('/contact', 'contact', { why: 'It looks like somebody@mail.example.' });
  } catch (error) {
    if (error instanceof NameError) return mistake('/contact', 'contact', { why: error.message });
    throw error;
  }
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}
