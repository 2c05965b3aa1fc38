/**
 * What a mail client is to us: the places it asks in its order, and how it reads what is answered there. Both are facts
 * about somebody else's program, taken from its source or its maker's documentation, and cited.
 */
import type { Element } from '../../formats/xml.ts';
import type { Domain } from '../../name/domain.ts';
import type { SrvRecord } from '../../net/dns/resolver.ts';
import type { Auth, Security, Server } from '../../provider/model.ts';
import type { AttemptCode } from '../model.ts';

export const clientNames = [
  'thunderbird',
  'thunderbird-android',
  'delta-chat',
  'fairemail',
  'aerc',
  'geary',
  'kmail',
  'outlook',
  'apple-mail',
  'emailengine',
] as const;
export type ClientName = (typeof clientNames)[number];

/** The address that an account is set up for. */
export interface Person {
  readonly local: string;
  readonly domain: Domain;
}

export function addressOf({ local, domain }: Person): string {
  return `${local}@${domain}`;
}

/** A server as a client takes it, and as whom it signs in there. */
export interface ClientServer {
  readonly protocol: Server['protocol'] | 'jmap';
  readonly host: string;
  readonly port: number;
  readonly security: Security;
  readonly username: string;
  /** Methods in its order; absent: it looks what the server offers. */
  readonly auth?: readonly Auth[];
}

/** The first of each is what the client takes; the others are what it tries or offers next. */
export interface Settings {
  readonly incoming: readonly ClientServer[];
  readonly outgoing: readonly ClientServer[];
}

/** Why a client makes nothing of a document; a closed list, with sentences in sentences.ts. */
export const refusals = [
  'content-type',
  'other-document',
  'bad-id',
  'no-domain',
  'no-incoming',
  'no-outgoing',
  /** One section that the client cannot read makes it drop the whole document. */
  'bad-section',
  'bad-value',
  'no-account',
] as const;
export type Refusal = (typeof refusals)[number];

export type Reading = Settings | { readonly refused: Refusal; readonly where?: string };
export type PoxReading = Reading | { readonly url: string } | { readonly address: string };

/** Of which name a place is asked: the domain's own, or one that its MX leads to. */
export type Subject =
  | 'domain'
  /** The most preferred MX host without its first label, where that is longer than its registrable domain. */
  | 'mx-parent'
  /** The registrable domain of the most preferred MX host. */
  | 'mx-base'
  /** The most preferred MX host itself, and each name above it down to the registrable domain. */
  | 'mx-each';

/** SRV records by label (`_imaps._tcp`), each in the order of RFC 2782; what is not there is missing. */
export type SrvRecords = ReadonlyMap<string, readonly SrvRecord[]>;

/** The kinds of {@link Step}. */
export const stepKinds = [
  'own-list',
  'autoconfig',
  'ispdb',
  'autodiscover',
  'autodiscover-redirect',
  'autodiscover-srv',
  'srv',
  'known-mx',
  'profile',
  'guess',
] as const satisfies readonly Step['kind'][];

/** In `url`, `{domain}` is the subject and `{address}` the whole address. */
export type Step =
  /** A list that is built into the client. We do not have it: not replayed. */
  | { readonly kind: 'own-list' }
  | { readonly kind: 'autoconfig'; readonly of: Subject; readonly url: string }
  /** The central database, which we stand in for. */
  | { readonly kind: 'ispdb'; readonly of: Subject }
  | { readonly kind: 'autodiscover'; readonly method: 'GET' | 'POST'; readonly url: string }
  /** An unencrypted question of which only a redirect to https counts. */
  | { readonly kind: 'autodiscover-redirect'; readonly url: string }
  | { readonly kind: 'autodiscover-srv' }
  | { readonly kind: 'srv'; readonly of: Subject; readonly labels: readonly string[] }
  /** MX hosts that the client knows by name. */
  | { readonly kind: 'known-mx' }
  /** Our configuration profile, which a person installs. */
  | { readonly kind: 'profile' }
  /** It tries host names and ports; not replayed, because nobody's servers are to be tried for this. */
  | { readonly kind: 'guess' };

/** Where a fact about a client stands. */
export interface Citation {
  /** `owner/name` at GitHub, or the publisher of a document. */
  readonly where: string;
  /** The file in the repository, or the title of the document. */
  readonly what: string;
  /** What was read, where it has a revision. */
  readonly revision?: string;
}

/** What a client reads, what of our output answers to it, and whether that was seen in its source. */
export interface Rule {
  readonly says: string;
  /** What our output does about it. */
  readonly ours?: string;
  /** From documentation or hearsay: nobody here has read the source. */
  readonly unconfirmed?: true;
}

export interface Client {
  readonly name: ClientName;
  readonly title: string;
  readonly steps: readonly Step[];
  /** After what stands before it has nothing, everything is asked at once, and whoever answers first has it. */
  readonly race?: true;
  /** How it ranks what it found where that is not the order of the steps: the greatest counts, of equals the first. */
  readonly weight?: (kind: Step['kind'], settings: Settings, person: Person) => number;
  readonly autoconfig?: (root: Element, person: Person) => Reading;
  readonly autodiscover?: (root: Element, person: Person) => PoxReading;
  readonly srv?: (records: SrvRecords, person: Person) => Settings | undefined;
  /** What the client makes of an MX host that it knows: settings of its own, or another domain's autoconfig or SRV. */
  readonly knownMx?: (host: Domain, person: Person) => Settings | KnownMx | undefined;
  readonly profile?: (text: string, person: Person) => Reading;
  /** Media types without one of which an answer is not XML to it; absent: it does not look. */
  readonly mediaTypes?: readonly string[];
  readonly rules: readonly Rule[];
  readonly sources: readonly Citation[];
}

/** Somebody else's publication that stands in for the domain's own. */
export type KnownMx = { readonly autoconfig: string } | { readonly srv: Domain; readonly labels: readonly string[] };

/** How a step ended: as a question of discovery does, or in one of these ways. */
export const replayCodes = [
  /** The client makes nothing of the answer. */
  'refused',
  /** It takes the answer, though there is no server in it. */
  'empty',
  'redirect',
  'not-replayed',
  'not-needed',
] as const;
export type ReplayCode = AttemptCode | (typeof replayCodes)[number];

/** Why the real client might end otherwise than a replay. */
export const unsures = [
  /** It may know the domain from a list of its own. */
  'own-list',
  /** Several answers differ, and whoever is first counts. */
  'race',
  /** A question before the one that decided had no answer now. */
  'unanswered',
] as const;
export type Unsure = (typeof unsures)[number];
