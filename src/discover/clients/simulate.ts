/**
 * Replays what mail clients do with a domain, against what it publishes and with our atlas in the place of the central
 * database, and says whether each would end with what our record means.
 *
 * Nobody signs in, no mail server is asked, nothing is guessed: what a client would only find by trying hosts, or in a list
 * of its own, is said and not replayed. Servers that clients tell the address are told a placeholder, as in discovery.
 */
import type { Domain } from '../../name/domain.ts';
import { isPublicSuffix } from '../../name/suffix.ts';
import type { MxAnswer } from '../../net/dns/resolver.ts';
import type { Fetched } from '../../net/http/fetch.ts';
import type { AnsweredProvider } from '../../provider/model.ts';
import { type Asking, type DiscoverPorts, wasSent } from '../asking.ts';
import { until } from '../discover.ts';
import { placeholderLocal } from '../personal.ts';
import { askedOnce, type Ours } from './asked.ts';
import { addressOf, type ClientName, type Person } from './model.ts';
import { type Ended, replay } from './replay.ts';
import { clients } from './table.ts';
import { type Judgement, judgeSettings } from './verdict.ts';

export interface SimulatePorts extends DiscoverPorts {
  readonly ours: Ours;
  /** Our record as it may be given now (provider/current.ts); undefined: there is none. */
  meant(domain: Domain, mx: MxAnswer): Promise<AnsweredProvider | undefined>;
}

export interface SimulateOptions {
  /** Milliseconds for all of it. */
  readonly timeout: number;
  /** What stands before the “@” of a real address, where servers shall see it; otherwise they are told a placeholder. */
  readonly local?: string;
  /** Which clients; all without it. */
  readonly only?: readonly ClientName[];
}

/** What one client would do, and what it would end with. */
export interface ClientReplay extends Ended, Judgement {
  readonly client: ClientName;
}

export interface Simulation {
  readonly domain: Domain;
  /** ISO 8601 */
  readonly at: string;
  /** The address that clients set up here, and that servers were told where `told`. */
  readonly address: string;
  readonly told: boolean;
  /** The id of our record; absent: there is none. */
  readonly record?: string;
  readonly clients: readonly ClientReplay[];
}

/** Never rejects, unless for a defect. */
export async function simulate(domain: Domain, ports: SimulatePorts, options: SimulateOptions): Promise<Simulation> {
  const at = new Date().toISOString();
  const person: Person = { local: options.local ?? placeholderLocal, domain };
  const deadline = performance.now() + options.timeout;
  const resolver = until(deadline, ports.resolver);
  let told = false;
  const tell = (fetched: Fetched) => {
    told ||= wasSent(fetched);
  };
  const address = addressOf(person);
  const asking: Asking = { fetch: ports.fetch, resolver, domain, address, tell, today: at.slice(0, 10), deadline };
  const mx: MxAnswer = isPublicSuffix(domain) ? { kind: 'none', exists: true } : await resolver.mx(domain);
  const meant = await ports.meant(domain, mx);
  const asked = askedOnce(asking, person, ports.ours, mx);
  const chosen = clients.filter(({ name }) => options.only?.includes(name) ?? true);
  const replays = await Promise.all(
    chosen.map(async (client): Promise<ClientReplay> => {
      const ended = await replay(client, asked);
      return { client: client.name, ...ended, ...judgeSettings(ended.settings, meant, person) };
    }),
  );
  return { domain, at, address, told, ...(meant && { record: meant.id }), clients: replays };
}
