/**
 * One probe of one endpoint, from names to evidence.
 *
 *  1. ask DNS for all addresses of the host; check each, and the port: where one of them must not be dialled, none is
 *  2. dial every address, one after another, each checked address itself (nothing is resolved twice)
 *  3. TLS from the first byte (RFC 8314 section 3), where that is the mode
 *  4. greeting, capabilities
 *  5. STARTTLS, TLS, capabilities anew, where that is the mode
 *  6. take leave
 *  7. where TLS or its absence was the fault: one more connection that only explains it, to the first address that tells
 *
 * Nobody signs in, and no message is begun.
 */
import { domainOrUndefined } from '../../name/domain.ts';
import { before } from '../../net/deadline.ts';
import type { HostResolver } from '../../net/dns/resolver.ts';
import { type AddressGuard, refusedOf } from '../../net/guard.ts';
import type { Dialer } from '../../net/wire.ts';
import { endpointKey } from '../../provider/model.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Attempt, Evidence, Explanation, Resolution } from '../evidence.ts';
import { isPlaintext } from '../tls-reasons.ts';
import { imap } from './imap.ts';
import { pop3 } from './pop3.ts';
import { type Dialogue, type Patience, Session, usualPatience } from './session.ts';
import { smtp } from './smtp.ts';

export interface ProbeOptions {
  readonly resolver: HostResolver;
  readonly dialer: Dialer;
  readonly guard: AddressGuard;
  /** The ports that may be dialled; undefined: any. */
  readonly ports?: ReadonlySet<number>;
  /** Milliseconds for everything. */
  readonly timeout: number;
  /** For each wait; tests are less patient. */
  readonly patience?: Patience;
  /** How we call ourselves in EHLO. */
  readonly name: string;
  /** Where the operator says who probes and why. */
  readonly contact?: string;
  /** Who looks, from where. */
  readonly vantage: string;
}

/** Of a host with more addresses than this, the first ones speak for the others. */
const mostAddresses = 16;

/** Never rejects; what went wrong is part of the evidence. Ends when the time is over, whatever the server does. */
export async function probe(endpoint: Endpoint, options: ProbeOptions): Promise<Evidence> {
  const at = new Date().toISOString();
  const deadline = performance.now() + options.timeout;
  const dns = await resolve(endpoint, options);
  const attempts: Attempt[] = [];
  const dialled = dns.blocked ? [] : dns.addresses.slice(0, mostAddresses);
  for (const address of dialled) {
    if (performance.now() >= deadline) break;
    attempts.push(await attempt(endpoint, address, deadline, options, false));
  }
  // One more connection is what a guest may ask for, and not before every address has had its turn.
  for (const [i, seen] of attempts.entries()) {
    const what = performance.now() < deadline ? whatToTry(endpoint, seen) : undefined;
    const explained = what && (await explain(what, endpoint, seen.address, deadline, options));
    if (!explained) continue;
    attempts[i] = { ...seen, explained };
    break;
  }
  const skipped = dns.blocked ? [] : dns.addresses.slice(attempts.length);
  return {
    endpoint: endpointKey(endpoint),
    at,
    vantage: options.vantage,
    dns,
    attempts,
    ...(skipped.length > 0 && { skipped }),
  };
}

async function resolve(
  { host, port }: Endpoint,
  { resolver, guard, ports, timeout }: ProbeOptions,
): Promise<Resolution> {
  const begun = performance.now();
  const done = (found: Omit<Resolution, 'ms'>): Resolution => ({ ms: Math.round(performance.now() - begun), ...found });
  if (ports && !ports.has(port))
    return done({ addresses: [], blocked: { what: 'port', which: String(port), because: 'no port for mail' } });
  const domain = domainOrUndefined(host);
  const answer =
    domain === undefined ? literal(host) : await before(begun + timeout, resolver.addresses(domain), undefined);
  if (answer === undefined || (answer.kind === 'failed' && answer.why === 'timeout'))
    return done({ addresses: [], fault: 'timeout' });
  if (answer.kind === 'failed') return done({ addresses: [], fault: 'servfail' });
  if (answer.kind === 'none') return done({ addresses: [], fault: answer.exists ? 'nodata' : 'nxdomain' });
  const { addresses } = answer;
  const refused = refusedOf(addresses, guard);
  if (!refused) return done({ addresses });
  return done({ addresses, blocked: { what: 'address', which: refused.address, because: refused.because } });
}

/** A host that is no name: an address is its own answer, anything else (`localhost`) is not in DNS. */
function literal(host: string): { kind: 'addresses'; addresses: string[] } | { kind: 'none'; exists: false } {
  const isAddress = host.includes(':') || /^\d+(\.\d+){3}$/.test(host);
  return isAddress ? { kind: 'addresses', addresses: [host] } : { kind: 'none', exists: false };
}

/** One connection to one address. @param legacy to learn what TLS it speaks, however old */
async function attempt(
  { protocol, host, port, security }: Endpoint,
  address: string,
  deadline: number,
  { dialer, name, contact, patience = usualPatience }: ProbeOptions,
  legacy: boolean,
): Promise<Attempt> {
  const session = new Session(address, patience);
  const seen = session.attempt;
  const dialogue: Dialogue = { smtp: smtp(name), imap: imap(contact), pop3 }[protocol];
  const tls = () =>
    session.step('tls', async () => {
      seen.tls = await session.startTls(host, legacy);
    });
  const ask = (which: 'before' | 'capabilities', secure: boolean) =>
    session.step('capabilities', async () => {
      seen[which] = await dialogue.capabilities(session, secure);
    });
  const converse = async (): Promise<boolean> => {
    if (security === 'tls' && !(await tls())) return false;
    const greeted = await session.step('greeting', async () => {
      seen.greeting = await dialogue.greeting(session);
    });
    const kind = seen.greeting?.kind;
    // After PREAUTH there is nothing to ask for: no TLS can follow (RFC 9051 section 7.1.4).
    if (!greeted || kind !== 'ready') return kind === 'temporary' || kind === 'permanent' || kind === 'preauth';
    if (security === 'tls') return ask('capabilities', true);
    if (!(await ask('before', false))) return false;
    if (security === 'none') {
      if (seen.before) seen.capabilities = seen.before;
      return true;
    }
    // POP3 without CAPA (RFC 2449 is optional) does not tell; only trying does.
    const untold = protocol === 'pop3' && seen.before?.refused !== undefined;
    if (!seen.before?.starttls && !untold) return true;
    const agreed = await session.step('starttls', async () => {
      const answer = await dialogue.starttls(session);
      seen.starttls = { ...answer, ...behind(session) };
    });
    // The connection is not the server's any more, or stays open text: nothing else is said on it.
    if (!agreed || seen.starttls?.kind !== 'ready' || seen.starttls.behind !== undefined) return false;
    return (await tls()) && (await ask('capabilities', true));
  };
  const connected = await session.step('connect', async () => {
    session.connected(await dialer.dial({ address, port, milliseconds: patience.connect, deadline }));
  });
  try {
    if (connected && (await converse())) await session.step('quit', () => dialogue.quit(session));
  } finally {
    session.end();
  }
  return seen;
}

/** Text that arrived with the answer to STARTTLS: TLS has not begun, so anybody on the way may have put it there. */
function behind(session: Session): { behind?: string } {
  const text = session.wire.unread();
  if (text === '') return {};
  session.note(`${text.length} octets behind the answer: ${JSON.stringify(text.slice(0, 200))}`);
  return { behind: session.mask(text.slice(0, 200)) };
}

/** Which second connection would explain a fault, if one would. */
function whatToTry({ security }: Endpoint, { fault, tls, greeting }: Attempt): Explanation['kind'] | undefined {
  if (fault?.phase === 'tls' && fault.kind === 'tls') {
    if (isPlaintext(fault.detail)) return security === 'tls' ? 'plain-greeting' : undefined;
    return 'legacy-tls';
  }
  // A server for TLS waits for our first bytes, or ends the connection.
  const silent =
    fault?.phase === 'greeting' && (fault.kind === 'timeout' || fault.kind === 'closed' || fault.kind === 'reset');
  return security !== 'tls' && tls === undefined && (silent || greeting?.kind === 'garbage')
    ? 'tls-at-once'
    : undefined;
}

async function explain(
  kind: Explanation['kind'],
  endpoint: Endpoint,
  address: string,
  deadline: number,
  options: ProbeOptions,
): Promise<Explanation | undefined> {
  if (kind === 'legacy-tls') {
    const { tls } = await attempt(endpoint, address, deadline, options, true);
    return tls && { kind, version: tls.version, cipher: tls.cipher };
  }
  const security = kind === 'plain-greeting' ? 'none' : 'tls';
  const { greeting, tls } = await attempt({ ...endpoint, security }, address, deadline, options, false);
  if (kind === 'tls-at-once') return tls && { kind, version: tls.version };
  return greeting && { kind, greeting };
}
