/** DNS on Node, by the system's resolver or a named one. */
import { promises } from 'node:dns';
import { type Domain, domainOrUndefined } from '../name/domain.ts';
import type { MxAnswer, MxHost, Resolver } from './resolver.ts';

/** A lookup is part of somebody's account set-up: two seconds, then we say that we could not ask. */
const deadline = 2000;

/**
 * @param server `HOST:PORT` of a DNS server; without it the system's
 * @throws {TypeError} where the server is not an IP address with an optional port
 */
export function nodeResolver(server?: string): Resolver {
  // One for each question (30 µs): c-ares shortens the time-out of a server that was quick before to a second.
  const open = () => {
    const dns = new promises.Resolver({ timeout: deadline, tries: 1, maxTimeout: deadline });
    if (server !== undefined) dns.setServers([server]);
    return dns;
  };
  open();
  return {
    async mx(domain) {
      const dns = open();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<MxAnswer>((resolve) => {
        timer = setTimeout(resolve, deadline, { kind: 'failed', why: 'timeout' });
        timer.unref();
      });
      try {
        return await Promise.race([ask(dns, domain), late]);
      } finally {
        clearTimeout(timer);
        // What nobody waits for any more.
        dns.cancel();
      }
    },
  };
}

async function ask(dns: promises.Resolver, domain: Domain): Promise<MxAnswer> {
  try {
    const records = await dns.resolveMx(domain);
    // RFC 7505: a single record with preference 0 and the root as its host.
    if (records.length > 0 && records.every(({ exchange }) => exchange === '' || exchange === '.'))
      return { kind: 'null' };
    const hosts = records.flatMap(({ exchange, priority }): MxHost[] => {
      const host = domainOrUndefined(exchange);
      return host === undefined ? [] : [{ preference: priority, host }];
    });
    hosts.sort((a, b) => a.preference - b.preference || (a.host < b.host ? -1 : 1));
    // Where the most preferred name is no host name, the next one must not pass for the most preferred.
    const named = records.filter(({ exchange }) => exchange !== '' && exchange !== '.');
    const best = Math.min(...named.map(({ priority }) => priority));
    return hosts[0]?.preference === best ? { kind: 'hosts', hosts } : { kind: 'none', exists: true };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND') return { kind: 'none', exists: false };
    if (code === 'ENODATA') return { kind: 'none', exists: true };
    return { kind: 'failed', why: code === 'ETIMEOUT' ? 'timeout' : 'server-failure' };
  }
}
