/** DNS on Node, by the system's resolver or a named one. */
import { promises } from 'node:dns';
import type { Domain } from '../../name/domain.ts';
import { before } from '../deadline.ts';
import {
  type AddressAnswer,
  addressAnswerOf,
  deadlines,
  type HostResolver,
  type MxAnswer,
  mxAnswerOf,
  type NoAnswer,
  type NoRecords,
  nameServerAnswerOf,
  type RecordResolver,
  type Resolver,
  type SrvAnswer,
  type SrvRecord,
  srvAnswerOf,
} from './resolver.ts';

/**
 * @param server `HOST:PORT` of a DNS server; without it the system's
 * @throws {TypeError} where the server is not an IP address with an optional port
 */
export function nodeResolver(server?: string): Resolver & HostResolver & RecordResolver {
  open(deadlines.mx, server);
  return {
    mx: (domain) => within(deadlines.mx, server, (dns) => askMx(dns, domain)),
    addresses: (host) => within(deadlines.host, server, (dns) => askAddresses(dns, host)),
    nameServers: (domain) =>
      within(deadlines.host, server, async (dns) => nameServerAnswerOf(await dns.resolveNs(domain))),
    srv: (name) => within(deadlines.record, server, (dns) => askSrv(dns, name)),
    txt: (name) =>
      within(deadlines.record, server, async (dns) => {
        const records = await dns.resolveTxt(name);
        return { kind: 'texts', texts: records.map((strings) => strings.join('')) };
      }),
    isAlias: async (host) => {
      const answer = await within(deadlines.record, server, async (dns) => ({
        kind: 'names' as const,
        names: await dns.resolveCname(host),
      }));
      return answer.kind === 'failed' ? undefined : answer.kind === 'names' && answer.names.length > 0;
    },
  };
}

/** One for each question (30 µs): c-ares shortens the time-out of a server that was quick before to a second. */
function open(deadline: number, server: string | undefined): promises.Resolver {
  // Of the verifier's ten seconds, a lost packet may cost half.
  const tries = deadline > deadlines.mx ? 2 : 1;
  const dns = new promises.Resolver({ timeout: deadline / tries, tries, maxTimeout: deadline / tries });
  if (server !== undefined) dns.setServers([server]);
  return dns;
}

/** Asks, for so many milliseconds; every failure becomes an answer. */
async function within<A>(
  milliseconds: number,
  server: string | undefined,
  ask: (dns: promises.Resolver) => Promise<A>,
): Promise<A | NoRecords | NoAnswer> {
  const dns = open(milliseconds, server);
  const late: NoAnswer = { kind: 'failed', why: 'timeout' };
  try {
    return await before(performance.now() + milliseconds, ask(dns).catch(explain), late);
  } finally {
    // What nobody waits for any more.
    dns.cancel();
  }
}

function explain(error: unknown): NoRecords | NoAnswer {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND') return { kind: 'none', exists: false };
  if (code === 'ENODATA') return { kind: 'none', exists: true };
  return { kind: 'failed', why: code === 'ETIMEOUT' ? 'timeout' : 'server-failure' };
}

async function askMx(dns: promises.Resolver, domain: Domain): Promise<MxAnswer> {
  const records = await dns.resolveMx(domain);
  return records.length === 0 ? { kind: 'none', exists: true } : mxAnswerOf(records);
}

async function askSrv(dns: promises.Resolver, name: string): Promise<SrvAnswer> {
  const records = (await dns.resolveSrv(name)).map(
    ({ priority, weight, port, name: target }): SrvRecord => ({
      priority,
      weight,
      port,
      target: target.toLowerCase().replace(/\.$/, ''),
    }),
  );
  return srvAnswerOf(records);
}

/** Both families are asked at once. */
async function askAddresses(dns: promises.Resolver, host: Domain): Promise<AddressAnswer> {
  const answers = await Promise.all(
    [dns.resolve4(host), dns.resolve6(host)].map((question) =>
      question.then((addresses): AddressAnswer => ({ kind: 'addresses', addresses })).catch(explain),
    ),
  );
  return addressAnswerOf(answers);
}
