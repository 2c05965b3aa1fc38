/** The checks on Node: sockets, DNS and the web. */
import { type DiscovererOptions, nodeDiscoverer } from '../../discover/discover-node.ts';
import { textsOfEach } from '../../net/dns/resolver.ts';
import { nodeResolver } from '../../net/dns/resolver-node.ts';
import { textsOfAll } from '../../net/dns/texts-node.ts';
import { noGuard } from '../../net/guard.ts';
import { addressGuard } from '../../net/guard-node.ts';
import { nodeProber, type ProberOptions } from '../../verify/probe/prober-node.ts';
import { type CheckerPorts, checkerOf, type RunChecks } from './checker.ts';

export interface CheckerOptions extends Pick<CheckerPorts, 'budget' | 'patience' | 'onDefect'> {
  /** How mail servers are called, and with what name and contact. Only ports for mail, whatever it says. */
  readonly prober?: Omit<ProberOptions, 'anyPort'>;
  readonly discoverer?: DiscovererOptions;
  /** `HOST:PORT` of DNS servers that have to agree on a proof; without any, the system's. */
  readonly resolvers?: readonly string[];
  /** A proof is asked of the domain's own name servers as well, unless this machine must not call them. */
  readonly askNameServers?: boolean;
}

/** @throws {TypeError} where a resolver is no IP address */
export function nodeChecker(options: CheckerOptions): RunChecks {
  const { prober: probing = {}, discoverer: asking, resolvers = [], askNameServers = true, ...ports } = options;
  const prober = nodeProber({ ...probing, anyPort: false });
  const discoverer = nodeDiscoverer(asking);
  const asked = (resolvers.length > 0 ? resolvers : [undefined]).map((server) => nodeResolver(server));
  const [mx] = asked as [(typeof asked)[number], ...typeof asked];
  const guard = probing.allowPrivate ? noGuard : addressGuard;
  return checkerOf({
    ...ports,
    texts: askNameServers ? textsOfAll({ resolvers: asked, guard }) : textsOfEach(asked),
    mx,
    discover: (domain) => discoverer.discover(domain),
    probe: (endpoint) => prober.probe(endpoint),
  });
}
