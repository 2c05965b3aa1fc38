/** What a provider is: the types of the record, and what is said about its servers over time. */
import type * as z from 'zod';
import type { Domain } from '../name/domain.ts';
import type { LeftOutEntry, MailHandlerEntry, OptOutEntry } from './lists.ts';
import type {
  auths,
  IncomingServer,
  LocalServer as LocalServerSchema,
  OutgoingServer,
  Provider as ProviderSchema,
  protocols,
  Service as ServiceSchema,
  SetupStep as SetupStepSchema,
  Source as SourceSchema,
  securities,
} from './schema.ts';

/** One curated record: the content of a `data/providers/<id>.yml`, as read. */
export type Provider = z.infer<typeof ProviderSchema>;
/** A server to fetch mail from or to send it through. */
export type Server = z.infer<typeof IncomingServer> | z.infer<typeof OutgoingServer>;
export type LocalServer = z.infer<typeof LocalServerSchema>;
export type Service = z.infer<typeof ServiceSchema>;
export type SetupStep = z.infer<typeof SetupStepSchema>;
export type Source = z.infer<typeof SourceSchema>;

export type Protocol = (typeof protocols)[number];
export type Security = (typeof securities)[number];
export type Auth = (typeof auths)[number];

/** Text by two-letter language code. */
export type Texts = Readonly<Partial<Record<string, string>>>;

/** Somebody who receives mail for others without holding their mailboxes. */
export type MailHandler = MailHandlerEntry;
/** A domain that was looked at and is not served, and why. */
export type LeftOut = LeftOutEntry;

/** A host or domain whose owner asked not to be probed. */
export type OptOut = OptOutEntry;

/** Everything that is curated: what `data/` holds. */
export interface Curated {
  readonly providers: readonly Provider[];
  readonly others: readonly MailHandler[];
  readonly leftOut: readonly LeftOut[];
  readonly noProbe: readonly OptOut[];
}

/** How an answer was found (the ladder); `list` is an operator's own list of domains. */
export const matchedBys = ['domain', 'list', 'wildcard', 'mx-name', 'mx', 'published'] as const;
export type MatchedBy = (typeof matchedBys)[number];

/** What an answer rests on: our curation alone, or also on DNS that anybody on the way can forge. */
export const trusts = ['curated', 'dns', 'self'] as const;
export type Trust = (typeof trusts)[number];

/** How a domain publishes its own settings, in the order in which they are believed where they disagree. */
export const mechanisms = ['autoconfig', 'pacc', 'mailconf', 'autodiscover', 'srv'] as const;
export type Mechanism = (typeof mechanisms)[number];

/**
 * What the way to published settings rests on; its weakest part counts:
 *  - tls: only on certificates, from the domain itself to the document
 *  - dns: a DNS record named the place or the servers; whether DNSSEC protects it is not known
 *  - insecure: a part of the way was plain HTTP, which anybody on it can forge
 */
export const trustLevels = ['tls', 'dns', 'insecure'] as const;
export type TrustLevel = (typeof trustLevels)[number];

/** A host that was asked over TLS, and the authority that certified it. */
export interface Voucher {
  readonly host: string;
  readonly issuer: string;
}

/** Where published settings were found, and what vouches for them. */
export interface Publication {
  readonly mechanism: Mechanism;
  /** The URL that had them in the end, or the domain whose DNS records they are. */
  readonly where: string;
  readonly trust: TrustLevel;
  /** In order: the first is the domain's own, the last has the document. */
  readonly certified: readonly Voucher[];
}

/** A record, or what a domain publishes itself: who the company is, a domain does not say. */
export type AnsweredProvider = Omit<Provider, 'kind' | 'country' | 'website'> &
  Partial<Pick<Provider, 'kind' | 'country' | 'website'>>;

/** The record that applies to a domain. */
export interface Answer {
  readonly domain: Domain;
  readonly provider: AnsweredProvider;
  readonly matchedBy: MatchedBy;
  readonly trust: Trust;
  /** The MX host that led here, where one did. */
  readonly mx?: Domain;
  /** For `published`: how, and how far that can be trusted. */
  readonly publication?: Publication;
}

/** Where an endpoint stands in the verifier's state machine. */
export const statusNames = ['unverified', 'verified', 'degraded', 'failing', 'dead'] as const;
export type StatusName = (typeof statusNames)[number];

/** What verification knows of one endpoint. Instants are ISO 8601. */
export interface Status {
  readonly status: StatusName;
  /** The newest conclusive check. */
  readonly checkedAt?: string;
  /** Since when it has this status. */
  readonly since?: string;
  /** Why: a verdict's code, or one of the state machine's own reasons. */
  readonly reason?: string;
  /** Who looked, where it was not this verifier: the host of another instance. */
  readonly vantage?: string;
}

/** `imap://imap.mail.example:993?security=tls`: what is probed, and what a status belongs to. */
export type EndpointKey = string & { readonly __brand: 'EndpointKey' };

export function endpointKey(server: Pick<Server, 'protocol' | 'host' | 'port' | 'security'>): EndpointKey {
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  return `${server.protocol}://${host}:${server.port}?security=${server.security}` as EndpointKey;
}

/** The statuses known at one moment; an endpoint that is not in it was never checked. */
export type Statuses = ReadonlyMap<EndpointKey, Status>;

export const unverified: Status = { status: 'unverified' };

/** Hosts, and domains with everything below them, that nobody is sent to until a person says otherwise. */
export type Quarantine = ReadonlyMap<Domain, { readonly at: string; readonly why: string }>;

/** The newest sign-in that worked: the server took the password (L3), or a message went through it, too (L4). */
export interface SignIn {
  /** ISO 8601. */
  readonly at: string;
  readonly level: 'L3' | 'L4';
}

/** What is known at one moment, beside the facts: every format is rendered from facts and this. */
export interface Knowledge {
  readonly statuses: Statuses;
  readonly quarantine: Quarantine;
  readonly signIns: ReadonlyMap<EndpointKey, SignIn>;
}

/** Before anything was probed, and wherever no database is at hand: static output, drafts. */
export const nothingKnown: Knowledge = { statuses: new Map(), quarantine: new Map(), signIns: new Map() };
