/** The checks, put together on Node: sockets, DNS and the web, with one pace and one budget for all submissions. */
import type { Atlas } from '../../atlas/tables.ts';
import { type DiscovererOptions, nodeDiscoverer } from '../../discover/discover-node.ts';
import { noGuard } from '../../net/guard.ts';
import { addressGuard } from '../../net/guard-node.ts';
import { nodeResolver } from '../../net/resolver-node.ts';
import { textsOfAll } from '../../net/texts-node.ts';
import { systemClock } from '../../verify/clock.ts';
import { Pace } from '../../verify/pace.ts';
import { nodeProber, type ProberOptions } from '../../verify/probe/prober-node.ts';
import type { CheckResult, Draft } from '../model.ts';
import { ProbeBudget, type ProbeLimits } from './budget.ts';
import { type CheckContext, runChecks, type Tell } from './checks.ts';
import type { Proved } from './proof.ts';

export interface CheckerOptions {
  /** How mail servers are called, and with what name and contact. Only ports for mail, whatever it says. */
  readonly prober?: Omit<ProberOptions, 'anyPort'>;
  readonly discoverer?: DiscovererOptions;
  /** `HOST:PORT` of DNS servers that have to agree on a proof; without any, the system's. */
  readonly resolvers?: readonly string[];
  /** A proof is asked of the domain's own name servers as well, unless this machine must not call them. */
  readonly askNameServers?: boolean;
  readonly budget?: Partial<ProbeLimits>;
  readonly patience?: CheckContext['patience'];
  readonly onDefect: (error: unknown) => void;
}

/** What is checked, for whom. */
export interface Checked {
  readonly draft: Draft;
  readonly atlas: Atlas;
  /** Undefined for a dry run. */
  readonly proved?: Proved;
  /** The address block of whoever asks, for the budget; undefined where that is not known any more. */
  readonly block?: string;
}

/** Milliseconds between two probes of one host for submissions: people wait, and a draft has two or three servers. */
const pause = 3000;

/** @throws {TypeError} where a resolver is no IP address */
export function nodeChecker(options: CheckerOptions) {
  const { prober: probing = {}, resolvers = [], budget: limits, patience, onDefect, askNameServers = true } = options;
  const prober = nodeProber({ ...probing, anyPort: false });
  const discoverer = nodeDiscoverer(options.discoverer);
  const asked = (resolvers.length > 0 ? resolvers : [undefined]).map((server) => nodeResolver(server));
  const [mx] = asked as [(typeof asked)[number], ...typeof asked];
  const guard = probing.allowPrivate ? noGuard : addressGuard;
  const texts = askNameServers
    ? textsOfAll({ resolvers: asked, guard })
    : (name: string) => Promise.all(asked.map((resolver) => resolver.txt(name)));
  const pace = new Pace(pause);
  const budget = new ProbeBudget(limits);

  return (checked: Checked, told?: Tell, signal?: AbortSignal): Promise<CheckResult[]> => {
    const { draft, atlas, proved, block } = checked;
    const context: CheckContext = {
      atlas,
      texts,
      mx,
      discover: (domain) => discoverer.discover(domain),
      probes: {
        probe: (endpoint) => prober.probe(endpoint),
        pace,
        clock: systemClock,
        allow: (endpoint) => budget.take(endpoint, block),
        noProbe: atlas.curated.noProbe,
      },
      onDefect,
      ...(patience && { patience }),
      ...(proved && { proved }),
      ...(signal && { signal }),
    };
    return runChecks(draft, context, told);
  };
}
