/** The prober, put together on Node: sockets, DNS and the guard of addresses. */
import { hostname } from 'node:os';
import { nodeResolver } from '../../net/dns/resolver-node.ts';
import { noGuard } from '../../net/guard.ts';
import { addressGuard } from '../../net/guard-node.ts';
import { nodeDialer } from '../../net/wire-node.ts';
import { mailPorts } from '../../provider/ports.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Evidence } from '../evidence.ts';
import { probe } from './probe.ts';

export interface ProberOptions {
  /** `HOST:PORT` of a DNS server; without it the system's. */
  readonly resolver?: string;
  /** PEM certificates that are trusted beside the usual roots. */
  readonly ca?: string;
  /** Private and special addresses may be dialled. */
  readonly allowPrivate?: boolean;
  /** Any port may be dialled, not only those for mail. */
  readonly anyPort?: boolean;
  /** Seconds for one probe, all of it. */
  readonly timeout?: number;
  readonly sourceAddress?: string;
  /** Where people learn who probes and why: a URL or an address. */
  readonly contact?: string;
  /** The name for EHLO; without it this machine's, if that is a full one. */
  readonly name?: string;
  /** Who looks, from where. */
  readonly vantage?: string;
}

export interface Prober {
  /** Never rejects. */
  probe(endpoint: Endpoint): Promise<Evidence>;
}

/** Seconds: a greeting may take 30 by itself, and a host may have several addresses. */
export const defaultTimeout = 60;

/** @throws {TypeError} where `resolver` is no IP address, Node's error where `ca` is no PEM */
export function nodeProber(options: ProberOptions = {}): Prober {
  const { resolver, ca, allowPrivate, anyPort, timeout = defaultTimeout, sourceAddress, contact, vantage } = options;
  const dialer = nodeDialer({ ...(ca !== undefined && { ca }), ...(sourceAddress !== undefined && { sourceAddress }) });
  const shared = {
    resolver: nodeResolver(resolver),
    dialer,
    guard: allowPrivate ? noGuard : addressGuard,
    ...(anyPort ? {} : { ports: new Set(mailPorts.keys()) }),
    timeout: timeout * 1000,
    name: options.name ?? ownName(),
    ...(contact !== undefined && { contact }),
    vantage: vantage ?? 'local',
  };
  return { probe: (endpoint) => probe(endpoint, shared) };
}

/** RFC 5321 section 4.1.3: who has no name in DNS gives an address literal; which one does not matter to anybody. */
function ownName(): string {
  const name = hostname();
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(name) ? name : '[127.0.0.1]';
}
