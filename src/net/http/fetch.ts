/**
 * Asking the web on behalf of strangers: they choose the names, and whoever answers chooses where a redirect leads.
 *
 *  1. the URL is http or https on its usual port, without credentials; its host a domain name or a literal address
 *  2. DNS is asked for all addresses of the host; where one of them must not be dialled, none is
 *  3. a checked address itself is dialled (nothing is resolved twice); where it does not answer, one more
 *  4. a redirect begins at 1 again: never from https to http, never more than {@link mostHops}
 *
 * Everything together ends at the deadline. What went wrong is an answer; only defects are thrown.
 */
import { domainOrUndefined } from '../../name/domain.ts';
import { before } from '../deadline.ts';
import type { HostResolver } from '../dns/resolver.ts';
import { type AddressGuard, refusedOf } from '../guard.ts';
import { type HttpCertificate, HttpFault, type HttpFaultKind, type HttpReply, type HttpSender } from './http.ts';

/** Redirects that are followed. */
export const mostHops = 5;
/** Addresses of one host that are tried. */
const mostAddresses = 2;

export interface FetchPorts {
  readonly resolver: Pick<HostResolver, 'addresses'>;
  readonly guard: AddressGuard;
  readonly sender: HttpSender;
  /** How we call ourselves. */
  readonly userAgent: string;
}

export interface FetchRequest {
  readonly url: string;
  /** Kept over redirects: Autodiscover's clients send their question again. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  /** Redirects to follow; 0: the redirect itself is the reply. */
  readonly hops?: number;
}

/** One URL that was asked, and who certified its host. */
export interface Hop {
  readonly url: string;
  readonly certificate?: HttpCertificate;
}

export type FetchFaultKind =
  | HttpFaultKind
  /** The host has no address; DNS is sure of it. */
  | 'no-address'
  /** DNS does not say. */
  | 'dns-failure'
  | 'blocked-address'
  | 'blocked-port'
  | 'bad-url'
  | 'insecure-redirect'
  | 'too-many-redirects';

export type Fetched =
  | (Pick<HttpReply, 'status' | 'headers' | 'body'> & { readonly kind: 'reply'; readonly hops: readonly Hop[] })
  | {
      readonly kind: 'failed';
      readonly why: FetchFaultKind;
      readonly detail?: string;
      /** The URLs that were asked before, and the one that failed. */
      readonly hops: readonly Hop[];
    };

export type Fetch = (request: FetchRequest) => Promise<Fetched>;

/** Why a URL must not be asked. */
class Refusal extends Error {
  readonly why: FetchFaultKind;
  readonly detail: string | undefined;
  constructor(why: FetchFaultKind, detail?: string) {
    super(why);
    this.why = why;
    this.detail = detail;
  }
}

/** How we call ourselves. @param contact where people learn who asks and why: a URL or an address */
export function userAgentOf(contact: string | undefined): string {
  return contact === undefined ? 'mailatlas' : `mailatlas (+${contact.replaceAll(/[^\x20-\x7e]/g, '')})`;
}

export function guardedFetch(ports: FetchPorts): Fetch {
  return async ({ url, method = 'GET', headers = {}, body, deadline, hops: most = mostHops }) => {
    const hops: Hop[] = [];
    let next = url;
    try {
      for (let from: URL | undefined; ; ) {
        const to = checkedUrl(next, from);
        hops.push({ url: to.href });
        if (hops.length > most + 1) throw new Refusal('too-many-redirects');
        const addresses = await checkedAddresses(to, ports, deadline);
        const all = { Accept: '*/*', 'Accept-Encoding': 'identity', 'User-Agent': ports.userAgent, ...headers };
        const length = body === undefined ? {} : { 'Content-Length': String(new TextEncoder().encode(body).length) };
        const request = {
          method,
          url: to,
          headers: { ...all, ...length },
          ...(body !== undefined && { body }),
          deadline,
        };
        const { certificate, ...reply } = await sendToOne(addresses, (address) =>
          ports.sender.send({ ...request, address }),
        );
        if (certificate) hops[hops.length - 1] = { url: to.href, certificate };
        const location = redirection(reply);
        if (location === undefined || most === 0) return { kind: 'reply', ...reply, hops };
        from = to;
        next = location;
      }
    } catch (error) {
      if (error instanceof Refusal) return failed(error.why, error.detail, hops);
      if (error instanceof HttpFault) return failed(error.kind, error.detail, hops);
      throw error;
    }
  };
}

function failed(why: FetchFaultKind, detail: string | undefined, hops: readonly Hop[]): Fetched {
  return { kind: 'failed', why, ...(detail !== undefined && { detail }), hops };
}

/** Where a reply sends us on to (RFC 9110 section 15.4), if it does. */
export function redirection({ status, headers }: Pick<HttpReply, 'status' | 'headers'>): string | undefined {
  const { location } = headers;
  return [301, 302, 303, 307, 308].includes(status) && location !== undefined && location !== '' ? location : undefined;
}

/** @throws {Refusal} */
function checkedUrl(text: string, from: URL | undefined): URL {
  const url = URL.parse(text, from?.href);
  // The URL is a stranger's: in a refusal it is cut.
  const shown = text.slice(0, 200);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw new Refusal('bad-url', shown);
  if (from?.protocol === 'https:' && url.protocol === 'http:') throw new Refusal('insecure-redirect', shown);
  // Any other port may be anything at all in the operator's neighbourhood, or a stranger's.
  if (url.port !== '') throw new Refusal('blocked-port', url.port);
  url.hash = '';
  return url;
}

/** All addresses of the URL's host, each of which may be dialled. @throws {Refusal} */
async function checkedAddresses(url: URL, { resolver, guard }: FetchPorts, deadline: number): Promise<string[]> {
  const addresses = await addressesOf(url, resolver, deadline);
  const refused = refusedOf(addresses, guard);
  // What the operator's own DNS says of a name inside is nobody's business who asks for it: the kind of address, not which.
  if (refused) throw new Refusal('blocked-address', refused.because);
  return addresses;
}

async function addressesOf({ hostname }: URL, resolver: FetchPorts['resolver'], deadline: number): Promise<string[]> {
  // The URL parser has turned every spelling of an address (0x7f.1, 2130706433) into the usual one.
  if (hostname.startsWith('[')) return [hostname.slice(1, -1)];
  if (/^\d+(\.\d+){3}$/.test(hostname)) return [hostname];
  const domain = domainOrUndefined(hostname);
  if (domain === undefined) throw new Refusal('bad-url', `the host ${hostname.slice(0, 100)}`);
  const answer = await before(deadline, resolver.addresses(domain), undefined);
  if (answer === undefined) throw new Refusal('timeout', 'DNS');
  if (answer.kind === 'failed') throw new Refusal('dns-failure', answer.why);
  if (answer.kind === 'none') throw new Refusal('no-address');
  return [...answer.addresses];
}

/** The reply of the first address that can be reached. @throws {HttpFault} of the last one that was tried */
async function sendToOne(addresses: readonly string[], send: (address: string) => Promise<HttpReply>) {
  const tried = addresses.slice(0, mostAddresses);
  // One of each family, where there are both: what often fails is one family as a whole.
  const other = addresses.find((address) => address.includes(':') !== tried[0]?.includes(':'));
  if (other !== undefined && tried.length > 1) tried[1] = other;
  for (const [i, address] of tried.entries()) {
    try {
      return await send(address);
    } catch (error) {
      const isLast = i === tried.length - 1;
      if (isLast || !(error instanceof HttpFault) || !isUnreachable(error)) throw error;
    }
  }
  throw new HttpFault('unreachable');
}

function isUnreachable({ kind, detail }: HttpFault): boolean {
  return kind === 'refused' || kind === 'unreachable' || (kind === 'timeout' && detail === 'connect');
}
