/**
 * Asks, at once and with one deadline, for everything that a domain can publish about its mail.
 *
 * Who asks chooses the domain, and the domain chooses where it leads: whatever is dialled goes through net/http/fetch.ts, which
 * checks addresses, hops and octets. What goes wrong in one mechanism is an attempt in the report and touches no other.
 */
import type { Domain } from '../name/domain.ts';
import { isPublicSuffix } from '../name/suffix.ts';
import { before } from '../net/deadline.ts';
import type { Fetched } from '../net/http/fetch.ts';
import { type Mechanism, mechanisms, trustLevels } from '../provider/model.ts';
import { type Asking, attempt, type DiscoverPorts, wasSent } from './asking.ts';
import { askAutoconfig } from './autoconfig.ts';
import { askAutodiscover } from './autodiscover.ts';
import { askMailconf } from './mailconf.ts';
import type { Catch, Discovery, Finding } from './model.ts';
import { askPacc } from './pacc.ts';
import { placeholderAddress } from './personal.ts';
import { askSrv } from './srv.ts';

export interface DiscoverOptions {
  /** Milliseconds for all of it. */
  readonly timeout: number;
  /** A real address of the domain, where somebody wants servers to see it; otherwise they are told a placeholder. */
  readonly address?: string;
  /** Hears of each mechanism as soon as it is through. */
  readonly tell?: Tell;
}

export type Tell = (mechanism: Mechanism, caught: Catch) => void;

/** Never rejects, unless for a defect. */
export async function discover(domain: Domain, ports: DiscoverPorts, options: DiscoverOptions): Promise<Discovery> {
  const at = new Date().toISOString();
  const address = options.address ?? placeholderAddress(domain);
  const heard: Fetched[] = [];
  const tell: Asking['tell'] = (fetched) => {
    if (wasSent(fetched)) heard.push(fetched);
  };
  const about = { domain, at, placeholder: options.address === undefined };
  if (isPublicSuffix(domain)) {
    const attempts = mechanisms.map((mechanism) => attempt(mechanism, domain, { code: 'public-suffix' }));
    return { ...about, findings: [], attempts, srv: [], mx: { kind: 'none', exists: true } };
  }
  const deadline = performance.now() + options.timeout;
  const resolver = until(deadline, ports.resolver);
  const { fetch } = ports;
  const asking: Asking = { fetch, resolver, domain, address, tell, today: at.slice(0, 10), deadline };
  const through = async <C extends Catch>(mechanism: Mechanism, asked: Promise<C>): Promise<C> => {
    const caught = await asked;
    options.tell?.(mechanism, caught);
    return caught;
  };
  const [mx, srv, ...others] = await Promise.all([
    resolver.mx(domain),
    through('srv', askSrv(asking)),
    through('autoconfig', askAutoconfig(asking)),
    through('pacc', askPacc(asking)),
    through('mailconf', askMailconf(asking)),
    through('autodiscover', askAutodiscover(asking)),
  ]);
  const all: readonly Catch[] = [...others, srv];
  return {
    ...about,
    ...(heard.length > 0 && { told: address }),
    findings: all.flatMap(({ findings }) => findings).sort(byTrust),
    attempts: all.flatMap(({ attempts }) => attempts),
    srv: srv.srv,
    mx,
  };
}

/** The same resolver, whose questions end at the deadline. */
export function until(deadline: number, resolver: DiscoverPorts['resolver']): DiscoverPorts['resolver'] {
  const late = { kind: 'failed', why: 'timeout' } as const;
  return {
    mx: (domain) => before(deadline, resolver.mx(domain), late),
    addresses: (host) => before(deadline, resolver.addresses(host), late),
    srv: (name) => before(deadline, resolver.srv(name), late),
    txt: (name) => before(deadline, resolver.txt(name), late),
    isAlias: (host) => before(deadline, resolver.isAlias(host), undefined),
  };
}

function byTrust(a: Finding, b: Finding): number {
  return (
    trustLevels.indexOf(a.trust.level) - trustLevels.indexOf(b.trust.level) ||
    mechanisms.indexOf(a.mechanism) - mechanisms.indexOf(b.mechanism)
  );
}
