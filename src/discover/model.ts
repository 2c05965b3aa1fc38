/**
 * What a domain publishes about its mail, found by any of the field's mechanisms and reduced to one shape: the facts as a
 * draft, where they stand, and what vouches for them. Every question that was asked is told too, with how it ended.
 */
import type { DraftRecord, Remark } from '../formats/draft.ts';
import type { Domain } from '../name/domain.ts';
import type { MxAnswer, SrvAnswer } from '../net/dns/resolver.ts';
import type { Mechanism, TrustLevel, Voucher } from '../provider/model.ts';

/** Seconds for everything that one domain is asked. */
export const defaultDiscoverTimeout = 15;

export interface FindingTrust {
  readonly level: TrustLevel;
  /** The hosts that were asked over TLS, in order; the first is the domain's own, the last has the document. */
  readonly certified: readonly Voucher[];
}

/** Settings that were found. `record.sources` has one source, as importers make it (formats/draft.ts). */
export interface Finding {
  readonly mechanism: Mechanism;
  /** The URL that had it in the end, or the domain whose DNS records they are. */
  readonly where: string;
  readonly trust: FindingTrust;
  readonly record: DraftRecord;
  readonly remarks: readonly Remark[];
}

/** How a question ended; a closed list, with sentences in sentences.ts. */
export const attemptCodes = [
  'found',
  /** The same facts as an attempt before it. */
  'found-same',
  'no-host',
  'no-record',
  /** The domain itself says that it has no such service. */
  'not-offered',
  'not-found',
  'html',
  'unreadable',
  'unusable',
  'needs-login',
  'error-reply',
  'no-digest',
  'wrong-digest',
  'http-status',
  'public-suffix',
  'blocked-address',
  'blocked-port',
  'bad-url',
  'insecure-redirect',
  'too-many-redirects',
  'too-large',
  'malformed',
  'certificate',
  'unreachable',
  'timeout',
  'dns-failure',
] as const;
export type AttemptCode = (typeof attemptCodes)[number];

/** Endings after which nobody knows whether there is something: another time may tell. */
export const uncertainCodes: ReadonlySet<AttemptCode> = new Set([
  'unreachable',
  'timeout',
  'dns-failure',
  'http-status',
  'malformed',
]);

/** One question and how it ended. */
export interface Attempt {
  readonly mechanism: Mechanism;
  /** The URL, or the DNS name with its type, as it was asked. */
  readonly asked: string;
  readonly code: AttemptCode;
  /** What the other side said, or where a redirect led; a stranger's words, bounded. */
  readonly detail?: string;
}

/** An SRV label of the domain, and what DNS says of it. */
export interface SrvSeen {
  /** `_imaps._tcp` */
  readonly label: SrvLabel;
  readonly answer: SrvAnswer;
  /** Targets that are aliases (RFC 2782 forbids it), and targets that have no address. */
  readonly aliases: readonly string[];
  readonly dead: readonly string[];
}

/** The labels that are asked for, and what they stand for. Those for plain HTTP (`_caldav`) are no settings. */
export const srvLabels = [
  '_imaps._tcp',
  '_imap._tcp',
  '_pop3s._tcp',
  '_pop3._tcp',
  '_submissions._tcp',
  '_submission._tcp',
  '_jmap._tcp',
  '_caldavs._tcp',
  '_carddavs._tcp',
  '_sieve._tcp',
] as const;
export type SrvLabel = (typeof srvLabels)[number];

/** Everything that was found, and how. */
export interface Discovery {
  readonly domain: Domain;
  /** ISO 8601 */
  readonly at: string;
  /** The address that servers were told, where one was told one. */
  readonly told?: string;
  /** Whether a made-up address was told, or would have been. */
  readonly placeholder: boolean;
  /** The most trusted mechanism first. */
  readonly findings: readonly Finding[];
  readonly attempts: readonly Attempt[];
  readonly srv: readonly SrvSeen[];
  /** Who receives the domain's mail; information only. */
  readonly mx: MxAnswer;
}

/** What one mechanism brings home. */
export interface Catch {
  readonly findings: readonly Finding[];
  readonly attempts: readonly Attempt[];
}
