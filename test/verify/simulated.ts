/** A day of verification in a second: a clock that jumps, and mail servers that only pretend. */
import type { EndpointKey } from '../../src/provider/model.ts';
import { endpointKey } from '../../src/provider/model.ts';
import type { Clock } from '../../src/verify/clock.ts';
import type { Endpoint } from '../../src/verify/endpoint.ts';
import type { Evidence } from '../../src/verify/evidence.ts';
import { type FindingCode, findings, type Verdict } from '../../src/verify/verdict.ts';

export const start = Date.parse('2026-11-20T10:00:00.000Z');

/** Jumps to the next instant at which somebody wakes, as soon as nobody has anything else to do. */
export class JumpingClock implements Clock {
  #now: number;
  #sleepers: { at: number; wake: () => void }[] = [];
  #scheduled = false;

  constructor(from = start) {
    this.#now = from;
  }

  now = (): number => this.#now;

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        // Whoever sleeps each minute of a month would leave a listener each time.
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.#now + milliseconds, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', wake);
      this.#schedule();
    });
  }

  /** Jumps ahead while nobody sleeps. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Somebody sets it; whoever sleeps does so for as long as they would have. */
  adjust(milliseconds: number): void {
    this.#now += milliseconds;
    for (const sleeper of this.#sleepers) sleeper.at += milliseconds;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const next = this.#sleepers.toSorted((a, b) => a.at - b.at)[0];
      if (!next) return;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      this.#schedule();
    });
  }
}

export interface Visit {
  readonly key: EndpointKey;
  readonly host: string;
  readonly from: number;
  to: number;
}

export interface SimulationOptions {
  readonly clock: Clock;
  /** What is wrong with an endpoint; nothing where it is left out. */
  readonly wrong?: (endpoint: Endpoint) => FindingCode | undefined;
  /** Milliseconds. */
  readonly takes?: (endpoint: Endpoint) => number;
  readonly addressOf?: (endpoint: Endpoint) => string;
  readonly vantage?: string;
}

/** Mail servers that pretend: what is wrong with each is decided by the test, and the judge is told through the evidence. */
export function simulation({ clock, wrong, takes = () => 100, addressOf = addressByName, vantage }: SimulationOptions) {
  const visits: Visit[] = [];
  let most = 0;
  let running = 0;
  return {
    /** Every probe, in the order of their beginnings. */
    visits,
    /** How many ran at once, at most. */
    most: () => most,
    probe: async (endpoint: Endpoint): Promise<Evidence> => {
      const at = new Date(clock.now()).toISOString();
      const visit = { key: endpointKey(endpoint), host: endpoint.host, from: clock.now(), to: Infinity };
      visits.push(visit);
      most = Math.max(most, ++running);
      await clock.sleep(takes(endpoint));
      running--;
      visit.to = clock.now();
      const code = wrong?.(endpoint);
      const transcript = [{ from: '--' as const, text: code ?? 'ok' }];
      const attempts = [{ address: addressOf(endpoint), ms: { connect: 1, quit: takes(endpoint) }, transcript }];
      return { endpoint: visit.key, at, vantage: vantage ?? 'local', dns: { ms: 1, addresses: [] }, attempts };
    },
    judge: pretendingJudge,
  };
}

/** Reads the verdict that {@link simulation} has written into the evidence. */
export function pretendingJudge({ attempts, endpoint }: Evidence): Verdict {
  const code = attempts[0]?.transcript[0]?.text as 'ok' | FindingCode;
  const outcome = code === 'ok' ? 'works' : findings[code] === 'inconclusive' ? 'inconclusive' : 'fails';
  return { code, ok: code === 'ok', outcome, says: `${endpoint}: ${code}.`, also: [], warnings: [] };
}

function addressByName({ host }: Endpoint): string {
  return `address of ${host}`;
}
