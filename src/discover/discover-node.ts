/** Discovery, put together on Node: DNS, HTTP and the guard of addresses. */
import type { Domain } from '../name/domain.ts';
import { nodeResolver } from '../net/dns/resolver-node.ts';
import { noGuard } from '../net/guard.ts';
import { addressGuard } from '../net/guard-node.ts';
import { guardedFetch, userAgentOf } from '../net/http/fetch.ts';
import { nodeSender } from '../net/http/http-node.ts';
import type { DiscoverPorts } from './asking.ts';
import { discover, type Tell } from './discover.ts';
import { type Discovery, defaultDiscoverTimeout } from './model.ts';

export interface DiscovererOptions {
  /** `HOST:PORT` of a DNS server; without it the system's. */
  readonly resolver?: string;
  /** PEM certificates that are trusted beside the usual roots. */
  readonly ca?: string;
  /** Private and special addresses may be dialled. */
  readonly allowPrivate?: boolean;
  /** Port of a URL -> port that is dialled instead: for web servers under test. */
  readonly ports?: ReadonlyMap<number, number>;
  /** Seconds for one domain, all of it. */
  readonly timeout?: number;
  /** Where people learn who asks and why: a URL or an address. */
  readonly contact?: string;
}

export interface Discoverer {
  /** @param address a real address, where servers shall see it */
  discover(domain: Domain, address?: string, tell?: Tell): Promise<Discovery>;
}

/** @throws {TypeError} where `resolver` is no IP address */
export function nodeDiscoverer(options: DiscovererOptions = {}): Discoverer {
  const ports = nodePorts(options);
  const timeout = (options.timeout ?? defaultDiscoverTimeout) * 1000;
  return {
    discover: (domain, address, tell) =>
      discover(domain, ports, { timeout, ...(address !== undefined && { address }), ...(tell && { tell }) }),
  };
}

/** How domains are asked on Node. @throws {TypeError} where `resolver` is no IP address */
export function nodePorts(options: DiscovererOptions): DiscoverPorts {
  const { resolver: server, ca, allowPrivate, ports, contact } = options;
  const resolver = nodeResolver(server);
  const fetch = guardedFetch({
    resolver,
    guard: allowPrivate ? noGuard : addressGuard,
    sender: nodeSender({ ...(ca !== undefined && { ca }), ...(ports && { ports }) }),
    userAgent: userAgentOf(contact),
  });
  return { fetch, resolver };
}
