/** Simulation, put together on Node. */
import type { Domain } from '../../name/domain.ts';
import { type DiscovererOptions, nodePorts } from '../discover-node.ts';
import { defaultDiscoverTimeout } from '../model.ts';
import { type AtlasSource, fromAtlas } from './from-atlas.ts';
import { fromServer } from './from-server-node.ts';
import { type SimulateOptions, type Simulation, simulate } from './simulate.ts';

export interface SimulatorOptions extends DiscovererOptions {
  /** A server that stands in the place of the central database instead of the atlas, without a slash at its end. */
  readonly server?: string;
}

export interface Simulator {
  simulate(domain: Domain, source: AtlasSource, options?: Omit<SimulateOptions, 'timeout'>): Promise<Simulation>;
}

/** @throws {TypeError} where `resolver` is no IP address */
export function nodeSimulator(options: SimulatorOptions = {}): Simulator {
  const ports = nodePorts(options);
  const timeout = (options.timeout ?? defaultDiscoverTimeout) * 1000;
  const { server } = options;
  return {
    simulate: (domain, source, more = {}) => {
      const own = fromAtlas(source);
      const ours = server === undefined ? own.ours : fromServer(server);
      return simulate(domain, { ...ports, ...own, ours }, { ...more, timeout });
    },
  };
}
