/** What every mechanism needs to ask, and how a reply of the web becomes text or an ending. */
import type { Draft } from '../formats/draft.ts';
import type { Domain } from '../name/domain.ts';
import { registrableDomain } from '../name/suffix.ts';
import type { HostResolver, RecordResolver, Resolver } from '../net/dns/resolver.ts';
import type { Fetch, Fetched, FetchFaultKind, Hop } from '../net/http/fetch.ts';
import type { Mechanism, TrustLevel } from '../provider/model.ts';
import type { Attempt, AttemptCode, Finding, FindingTrust } from './model.ts';
import { decode } from './text.ts';

export interface DiscoverPorts {
  readonly fetch: Fetch;
  readonly resolver: Pick<Resolver, 'mx'> & Pick<HostResolver, 'addresses'> & RecordResolver;
}

/** One discovery under way. */
export interface Asking extends DiscoverPorts {
  readonly domain: Domain;
  /** For protocols that need an address, and servers that answer only with one. */
  readonly address: string;
  /** To be called with what came of a request that carried the address. */
  readonly tell: (fetched: Fetched) => void;
  /** The day, for sources: 2026-11-20. */
  readonly today: string;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
}

/** Milliseconds for one document with its redirects, so that a slow place leaves time for the next. */
const mostForOne = 5000;

/** Until when one document may take. */
export function soon({ deadline }: Asking): number {
  return Math.min(deadline, performance.now() + mostForOne);
}

/** An attempt's ending, without who asked what. */
export type Ending = Pick<Attempt, 'code' | 'detail'>;

export function attempt(mechanism: Mechanism, asked: string, { code, detail }: Ending): Attempt {
  return { mechanism, asked, code, ...(detail !== undefined && { detail: detail.slice(0, 300) }) };
}

/**
 * True where the host below the domain can only be the domain owner's: of co.uk, and of a hoster's suffix, everybody may
 * register `autoconfig` (NDSS 2025, “Automatic Insecurity”, A2).
 */
export function ownsHostsBelow(domain: Domain): boolean {
  return registrableDomain(domain) !== undefined;
}

const endings: Readonly<Record<FetchFaultKind, AttemptCode>> = {
  refused: 'unreachable',
  unreachable: 'unreachable',
  reset: 'unreachable',
  closed: 'unreachable',
  other: 'unreachable',
  timeout: 'timeout',
  'too-large': 'too-large',
  tls: 'certificate',
  malformed: 'malformed',
  'no-address': 'no-host',
  'dns-failure': 'dns-failure',
  'blocked-address': 'blocked-address',
  'blocked-port': 'blocked-port',
  'bad-url': 'bad-url',
  'insecure-redirect': 'insecure-redirect',
  'too-many-redirects': 'too-many-redirects',
};

/** What goes wrong before anybody was told anything. */
const undialled: ReadonlySet<FetchFaultKind> = new Set([
  'no-address',
  'dns-failure',
  'blocked-address',
  'blocked-port',
  'bad-url',
]);

/** Whether a server may have got what was sent. */
export function wasSent(fetched: Fetched): boolean {
  return fetched.kind === 'reply' || fetched.hops.length > 1 || !undialled.has(fetched.why);
}

export type Page = {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** The media type, in lower case. */
  readonly type: string;
  readonly hops: readonly Hop[];
  /** What was wrong with the encoding, if anything. */
  readonly note?: string;
};

/** A reply as a document, or how the attempt ended. */
export function pageOf(fetched: Fetched): Page | Ending {
  if (fetched.kind === 'failed') {
    const detail = [fetched.hops.length > 1 ? fetched.hops.at(-1)?.url : undefined, fetched.detail]
      .filter((part) => part !== undefined)
      .join(': ');
    return { code: endings[fetched.why], ...(detail !== '' && { detail }) };
  }
  const { status, headers, body, hops } = fetched;
  if (status === 401 || status === 407) return { code: 'needs-login' };
  if (status === 403 || status === 404 || status === 405 || status === 410 || status === 204)
    return { code: 'not-found', detail: String(status) };
  if (status !== 200) return { code: 'http-status', detail: String(status) };
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const decoded = decode(body, headers['content-type']);
  if ('unknown' in decoded) return { code: 'unreadable', detail: `the encoding ${decoded.unknown}` };
  const { text, note } = decoded;
  // Comments go first, by an expression of their own: nested in another one, they could be matched in endless ways. One that
  // does not end goes to the end, or each of a thousand beginnings would be looked for an end.
  const start = text.slice(0, 2000).replaceAll(/<!--[^]*?(?:-->|$)/g, '');
  if (/^\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html[\s>])/i.test(start)) return { code: 'html' };
  return { text, bytes: body, type: type.trim(), hops, ...(note !== undefined && { note }) };
}

/** What vouches for a document at the end of these hops. @param begun how trusted the first URL itself is */
export function trustOf(hops: readonly Hop[], begun: TrustLevel = 'tls'): FindingTrust {
  const insecure = begun === 'insecure' || hops.some(({ url }) => url.startsWith('http:'));
  const certified = hops.flatMap(({ url, certificate }) =>
    certificate ? [{ host: new URL(url).hostname, issuer: certificate.issuer }] : [],
  );
  const each = certified.filter(({ host }, i) => certified.findIndex((other) => other.host === host) === i);
  return { level: insecure ? 'insecure' : begun, certified: each };
}

/** A draft as a finding; undefined where there is nothing in it that a client could use. */
export function finding(
  mechanism: Mechanism,
  where: string,
  trust: FindingTrust,
  { record, remarks }: Draft,
): Finding | undefined {
  const { incoming, outgoing, services = [] } = record;
  if (incoming.length + outgoing.length + services.length === 0) return undefined;
  return { mechanism, where, trust, record, remarks };
}
