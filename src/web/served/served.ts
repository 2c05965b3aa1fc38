/** What the server answers from at one moment. New data are a new object, swapped in one step. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { Atlas } from '../../atlas/atlas.ts';
import type { AtlasIndex } from '../../atlas/tables.ts';
import type { Simulation } from '../../discover/clients/simulate.ts';
import type { Discoveries } from '../../discover/discovered.ts';
import { renderAutoconfig } from '../../formats/autoconfig/render.ts';
import type { AutoconfigVersion } from '../../formats/autoconfig/vocabulary.ts';
import { answerJson } from '../../formats/json.ts';
import type { ProfileSigner } from '../../formats/mobileconfig/sign.ts';
import type { Miss, PublishedStep } from '../../lookup/ladder.ts';
import type { Domain } from '../../name/domain.ts';
import type { Resolver } from '../../net/dns/resolver.ts';
import type { MessageEntry } from '../../provider/lists.ts';
import type { Answer, AnsweredProvider, EndpointKey, Knowledge, Provider, Quarantine } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import type { Wish } from '../../store/listing.ts';
import type { TracedRevision } from '../../store/revisions.ts';
import type { PastComparison } from '../../store/seen/comparisons.ts';
import type { Day } from '../../store/seen/days.ts';
import type { PastCheck } from '../../store/seen/history.ts';
import type { PastQuarantine } from '../../store/seen/quarantine.ts';
import type { PastTransition } from '../../store/seen/transitions.ts';
import type { Vitals } from '../../store/seen/vitals.ts';
import type { Standing } from '../../store/standing.ts';
import type { Role, Token } from '../../store/tokens.ts';
import type { Agency } from '../../verify/agents/agency.ts';
import type { ChangeList, RevisionList } from '../contract/contract.ts';
import type { ProcessVitals, Requests } from '../http/metrics.ts';
import { type Document, documentOf, json, xml } from '../http/respond.ts';
import type { Submissions } from '../submissions/submissions.ts';

type RevisionJson = z.infer<typeof RevisionList>['revisions'][number];

type ChangeJson = z.infer<typeof ChangeList>['changes'][number];

type Awaitable<T> = T | Promise<T>;

/** The record of an id, or the id of today; undefined: there is none. */
export type ById = { readonly provider: Provider } | { readonly renamed: string } | undefined;

/**
 * Where an answer for one domain or one record is looked for. In memory that is {@link Served}, which gives everything at
 * once; a store that is too large for memory is asked by key (keeper-by-key.ts).
 */
export interface Source {
  /** For the ladder: whose is a name. */
  readonly index: AtlasIndex;
  /** The newest revision of the store. */
  readonly revision: number;
  /** How many records there are. */
  readonly size: number;
  byId(id: string): Awaitable<ById>;
  /** Some records in the order of their ids. */
  page(offset: number, limit: number): Awaitable<readonly Provider[]>;
  /** What is served around this record: it, and what is known of its servers. */
  around(record: AnsweredProvider): Awaitable<Served>;
  /** Where not everything is in memory: what is asked of all of it. */
  readonly bulk?: Bulk;
}

/**
 * What is asked of an atlas as a whole where it is not in memory. What is long comes a part at a time, and ends with an error
 * where somebody has written meanwhile: half of it would be of another state.
 */
export interface Bulk {
  /** The lines of a bundle, without its signature and dates. */
  lines(): AsyncIterable<string>;
  /** What this instance has seen of servers (verify/exchange.ts). */
  statuses(): AsyncIterable<string>;
  find(
    wish: Wish,
    offset: number,
    limit: number,
  ): Promise<{ readonly records: readonly Provider[]; readonly total: number }>;
  /** Countries of records, sorted. */
  countries(): Promise<readonly string[]>;
  records(ids: readonly string[]): Promise<ReadonlyMap<string, Provider>>;
  /** What is known of the servers of some records. */
  knowledgeOf(records: readonly Provider[]): Promise<Knowledge>;
  standing(): Promise<Standing>;
  quarantine(): Promise<Quarantine>;
}

export interface Served extends Source {
  readonly atlas: Atlas;
  readonly knowledge: Knowledge;
  /** The autoconfig XML of an answer, perhaps with the login of the one who asks; undefined where the record cannot be said in it. */
  autoconfig(answer: Answer, version?: AutoconfigVersion, login?: string): Document | undefined;
  /** What JSON says of an answer for a domain, nobody's address. */
  lookup(answer: Answer): Document;
}

/** What the store remembers of endpoints, for {@link Deps}. */
export interface History {
  checks(
    keys: readonly EndpointKey[],
    page: { readonly before?: number; readonly limit: number },
  ): Promise<readonly PastCheck[]>;
  /** The newest evidence of each. */
  evidence(keys: readonly EndpointKey[]): Promise<ReadonlyMap<EndpointKey, unknown>>;
  /** When each is looked at next, ISO 8601. */
  due(keys: readonly EndpointKey[]): Promise<ReadonlyMap<EndpointKey, string | null>>;
  /** How what the domains of a record publish compares with it: newest first. */
  comparisons(
    record: string,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<readonly PastComparison[]>;
  /** The newest conclusive one of each domain of a record. */
  compared(record: string): Promise<readonly PastComparison[]>;
  /** When each domain is asked next, ISO 8601. */
  asked(domains: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** How all of them stood, day by day. @param since YYYY-MM-DD */
  days(since: string): Promise<readonly Day[]>;
}

/** What happened, for feeds: newest first, of some or of all. */
export interface News {
  revisions(limit: number, id?: string): Promise<readonly TracedRevision[]>;
  transitions(limit: number, endpoints?: readonly EndpointKey[]): Promise<readonly PastTransition[]>;
  quarantine(limit: number, names?: readonly Domain[]): Promise<readonly PastQuarantine[]>;
}

/** What is special where an operator serves domains of their own. */
export interface Hosting {
  /** Nothing but the operator's own records is here: every other domain is “not served here”. */
  readonly only: boolean;
  /** There is a list of domains. */
  readonly lists?: boolean;
  /**
   * How an address signs in, where the operator has said so; undefined: as the record says. Throws where nobody can tell
   * now.
   */
  readonly login?: (address: { readonly local: string; readonly domain: Domain }) => string | undefined;
}

/** What the routes need from the place where everything is put together. */
export interface Deps {
  /** Everything, in memory. Undefined until the first atlas is there, and where it is too large for that. */
  served(): Served | undefined;
  /** Where the atlas is too large for memory: what is asked in its place. Undefined until it is there. */
  readonly source?: () => Source | undefined;
  readonly resolver: Resolver;
  /** What domains publish themselves, with memory and a budget of its own; undefined where nobody can be asked. */
  readonly published?: PublishedStep;
  /** The same in full, with the same memory and budget; absent where this server asks nobody. */
  readonly discovered?: Discoveries;
  /**
   * What mail clients would do with a domain, with memory and a budget of its own; undefined: whoever asks is over it. Absent
   * where domains cannot be asked.
   */
  readonly simulated?: (domain: Domain, asker: string | undefined) => Promise<Simulation | undefined>;
  /** Who asks, as an address block for budgets; never logged or stored. */
  asker(c: Context): string | undefined;
  /** Somebody asked for what is not there; what is kept of it, `lookup/demand.ts` decides. */
  missed(miss: Miss, asker: string | undefined): void;
  /** What changed about a record, newest first. */
  revisions(id: string, limit: number): Promise<readonly RevisionJson[]>;
  /** What changed about any record after a revision, oldest first. */
  changes(since: number, limit: number): Promise<readonly ChangeJson[]>;
  /** The signed bundle of what is served; undefined where the operator gave no key. */
  readonly bundle?: (served: Served) => string;
  /** What was seen of endpoints. */
  readonly history: History;
  readonly news: News;
  /** Whose token it is, if it may act in this role; undefined where there are no tokens. */
  readonly authenticate?: (
    secret: string,
    role: Role,
  ) => Promise<Pick<Token, 'name' | 'role'> | 'unknown' | 'other-role'>;
  /** Where submissions are taken in; undefined where the operator takes none. */
  readonly submissions?: Submissions;
  /** Gives work to agents elsewhere and takes what they have seen; undefined where nothing is verified. */
  readonly agents?: Agency;
  /** Where answers are counted; without it the app counts for itself. */
  readonly requests?: Requests;
  /** Whether the asker may read /metrics. */
  mayMeasure(c: Context): boolean;
  /** Whether it is a program of the operator's that asks: on this machine or at a trusted proxy, and for itself. */
  isNear(c: Context): boolean;
  vitals(): Promise<Vitals>;
  /** Undefined where there is no process that could be measured. */
  readonly process?: () => ProcessVitals;
  /** Answers to MX questions by how they ended, since the start. */
  readonly dnsAnswers?: () => ReadonlyMap<string, number>;
  /** Octets of the database and its log; absent where it is no file. */
  readonly databaseBytes?: () => { readonly file: number; readonly log: number };
  readonly version: string;
  /** Where people learn who runs this; undefined where the operator has not said. */
  readonly contact?: string | undefined;
  /** Where people reach this server, without a slash at its end; absolute links need it. */
  readonly url?: string;
  /** What the operator says of themselves, by language: imprint, privacy, contact (pages/plain.ts). */
  readonly about?: () => Partial<Record<Language, string>>;
  /** What servers say when something fails; the same list until it changes. */
  readonly messages?: () => readonly MessageEntry[];
  /** Compresses pages; undefined where something before the server does. */
  readonly gzip?: (body: Document['body']) => Uint8Array<ArrayBuffer>;
  /** The same for a page that comes part by part. */
  readonly gzipParts?: (parts: AsyncIterable<string>) => ReadableStream<Uint8Array>;
  /** What signs configuration profiles now, where the operator has a certificate for it. */
  readonly signer?: () => ProfileSigner;
  /** Tell everybody the MX hosts of any domain. */
  readonly mxService?: boolean;
  /** Undefined where the whole atlas is served and nothing else. */
  readonly hosting?: Hosting | undefined;
  /** Hears of the route that answers a request; absent where nobody logs requests. */
  readonly answered?: (c: Context, route: string) => void;
  /** A defect, or a store that fails, for the log: with the route's pattern, because the path is what a stranger typed. */
  defect(error: unknown, route: string): void;
}

/** So many domains' JSON is kept; those asked for first go first. Some 3 kB each. */
const mostLookups = 5000;

/**
 * Documents of records are rendered once and kept: the same bytes serve all of a record's domains. They are of this one
 * knowledge: what is newer is another `served`, which renders what it is asked for (0.02 ms each) and nothing before.
 */
export function served(atlas: Atlas, knowledge: Knowledge, revision: number): Served {
  const kept = new Map<AutoconfigVersion, Map<AnsweredProvider, Document | undefined>>();
  const render = (answer: Answer, version: AutoconfigVersion, login?: string): Document | undefined => {
    const text = renderAutoconfig(answer, knowledge, version, login);
    return text === undefined ? undefined : documentOf(text, xml);
  };
  const lookups = new Map<Domain, Document>();
  const self: Served = {
    atlas,
    index: atlas,
    knowledge,
    revision,
    size: atlas.records.size,
    byId(id) {
      const [provider, renamed] = [atlas.records.get(id), atlas.renamed.get(id)];
      return provider ? { provider } : renamed === undefined ? undefined : { renamed };
    },
    page: (offset, limit) => [...atlas.records.values()].slice(offset, offset + limit),
    around: () => self,
    autoconfig(answer, version = '1.1', login) {
      if (answer.matchedBy !== 'domain' || login !== undefined) return render(answer, version, login);
      const documents = kept.get(version) ?? new Map<AnsweredProvider, Document | undefined>();
      kept.set(version, documents);
      if (!documents.has(answer.provider)) documents.set(answer.provider, render(answer, version));
      return documents.get(answer.provider);
    },
    lookup(answer) {
      const { domain, matchedBy } = answer;
      const before = matchedBy === 'domain' ? lookups.get(domain) : undefined;
      if (before) return before;
      const document = documentOf(JSON.stringify(answerJson(answer, knowledge)), json);
      if (matchedBy !== 'domain') return document;
      const [oldest] = lookups.size < mostLookups ? [] : lookups.keys();
      if (oldest !== undefined) lookups.delete(oldest);
      lookups.set(domain, document);
      return document;
    },
  };
  return self;
}
