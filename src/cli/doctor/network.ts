/** What the network lets through: DNS, the ports of mail, IPv6. */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { domainOrUndefined } from '../../name/domain.ts';
import { nodeResolver } from '../../net/dns/resolver-node.ts';
import { mailPorts } from '../../provider/ports.ts';
import { type Finding, fault, fine, warning } from './finding.ts';

/** Milliseconds: an MX question is given two seconds altogether. */
const slow = 500;
/** A name that every resolver of the Internet knows, and nobody's. */
const known = domainOrUndefined('iana.org');

/** @param servers `HOST:PORT` */
export async function examineResolvers(servers: readonly string[]): Promise<Finding[]> {
  if (servers.length === 0)
    return [
      fault('dns', 'no DNS server is known', 'write one into /etc/resolv.conf, or name it with --resolver HOST:PORT'),
    ];
  return Promise.all(servers.map(examineResolver));
}

async function examineResolver(server: string): Promise<Finding> {
  if (known === undefined) throw new Error('the name is no domain');
  const start = performance.now();
  const answer = await nodeResolver(server).mx(known);
  const took = Math.round(performance.now() - start);
  const tip = 'check that it runs and answers this machine, or name another one with --resolver HOST:PORT';
  if (answer.kind === 'failed')
    return fault(
      'dns',
      `${server} ${answer.why === 'timeout' ? 'does not answer within two seconds' : 'refuses to answer'}`,
      tip,
    );
  if (answer.kind === 'none' && !answer.exists)
    return fault('dns', `${server} says that there is no ${known}: it does not know the Internet`, tip);
  if (took > slow)
    return warning('dns', `${server} takes ${took} ms`, 'a resolver on this machine (unbound) is faster');
  return fine('dns', `${server} answers in ${took} ms`);
}

/** What mail is spoken on: by servers (RFC 5321), and by people's programs. */
export const allPorts: readonly number[] = [25, ...mailPorts.keys()];

/**
 * Calls a host on every port of mail, greets nobody and hangs up.
 * @param timeout milliseconds for each
 */
export async function examinePorts(host: string, timeout: number): Promise<Finding[]> {
  const reached = await Promise.all(
    allPorts.map(async (port) => ({ port, how: await reach({ host, port }, timeout) })),
  );
  const which = (how: Reached): string =>
    reached
      .filter((one) => one.how === how)
      .map(({ port }) => port)
      .join(', ');
  if (reached.every(({ how }) => how === 'unknown'))
    return [fault('ports', `${host} has no address`, 'name a mail server that answers on all ports with --ports HOST')];
  if (reached.every(({ how }) => how === 'silent' || how === 'unreachable'))
    return [
      fault(
        'ports',
        `no port of ${host} can be reached`,
        'name another host, or let this machine out (firewall, proxy)',
      ),
    ];
  const silent = which('silent');
  if (silent !== '')
    return [
      warning(
        'ports',
        `${host} cannot be reached on ${silent}, only on ${which('open') || 'none'}${which('closed') === '' ? '' : ` (closed: ${which('closed')})`}`,
        'many networks block 25: what is there is judged “cannot tell”; ask the provider of this machine, or let an agent look elsewhere',
      ),
    ];
  const closed = which('closed');
  return [fine('ports', `${host} answers on ${which('open') || 'none'}${closed === '' ? '' : `, refuses ${closed}`}`)];
}

/** `closed`: the host says no, so the way is free. */
type Reached = 'open' | 'closed' | 'silent' | 'unreachable' | 'unknown';

function reach(place: { host: string; port: number }, timeout: number): Promise<Reached> {
  return new Promise((resolve) => {
    const socket = connect({ ...place, timeout });
    const end = (how: Reached): void => {
      socket.destroy();
      resolve(how);
    };
    socket.once('connect', () => end('open'));
    socket.once('timeout', () => end('silent'));
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED') end('closed');
      else if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') end('unknown');
      else end(code === 'ETIMEDOUT' ? 'silent' : 'unreachable');
    });
  });
}

/** Whether there is a way to the Internet over IPv6: the kernel is asked for a route, and nothing is sent. */
export async function examineIpv6(): Promise<Finding[]> {
  const socket = createSocket('udp6');
  const hasRoute = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.once('connect', () => resolve(true));
    socket.connect(53, '2001:db8::1');
  }).finally(() => socket.close());
  return [
    hasRoute
      ? fine('ipv6', 'there is a way out')
      : warning(
          'ipv6',
          'there is no way out',
          'servers are looked at over IPv4 alone; IPv6 addresses are judged “cannot tell”',
        ),
  ];
}
