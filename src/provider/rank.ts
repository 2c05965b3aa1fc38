/** Which server comes first: by what mail clients need, and by what is known to work. */
import { endpointKey, type Server, type Statuses, type StatusName } from './model.ts';

/**
 * The order that mail clients need: IMAP before POP3 (Geary takes the first), of each TLS from the first byte before
 * STARTTLS before plaintext (RFC 8314 section 3.3). The smaller, the sooner.
 */
export function serverRank({ protocol, security }: { protocol: string; security: string }): number {
  return (protocol === 'pop3' ? 10 : 0) + ['tls', 'starttls', 'none'].indexOf(security);
}

/** IMAP before POP3, each in the order in which they stand. */
export function imapFirst<S extends { readonly protocol: string }>(servers: readonly S[]): S[] {
  return servers.toSorted((a, b) => Number(a.protocol === 'pop3') - Number(b.protocol === 'pop3'));
}

/**
 * Servers in the order in which they are to be tried now: what fails stands behind what answers. Only servers of one
 * protocol change places, none is dropped, and whatever nothing is known of stays where the curators put it. A server
 * without TLS never overtakes one with it: whoever blocks a port must not get passwords in the clear (RFC 8314 section 3).
 * @returns the same array where nothing is to change
 */
export function byStatus<S extends Server>(servers: readonly S[], statuses: Statuses): readonly S[] {
  const is = (server: S, names: ReadonlySet<StatusName>) =>
    names.has(statuses.get(endpointKey(server))?.status ?? 'unverified');
  if (!servers.some((server) => is(server, failing))) return servers;
  const groups = Map.groupBy(servers, ({ protocol, security }) => `${protocol} ${security === 'none'}`);
  for (const [name, group] of groups) {
    const last = group.findLastIndex((server) => is(server, answering));
    const [front, back] = [group.slice(0, last + 1), group.slice(last + 1)];
    const [bad, good] = [front.filter((server) => is(server, failing)), front.filter((server) => !is(server, failing))];
    groups.set(name, [...good, ...bad, ...back]);
  }
  const sorted = servers.map(
    ({ protocol, security }) => groups.get(`${protocol} ${security === 'none'}`)?.shift() as S,
  );
  return sorted.every((server, i) => server === servers[i]) ? servers : sorted;
}

const failing: ReadonlySet<StatusName> = new Set(['failing', 'dead']);
const answering: ReadonlySet<StatusName> = new Set(['verified', 'degraded']);
