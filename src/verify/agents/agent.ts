/**
 * An agent: a verifier without a store, which gets its work from a server and reports what it saw. The run is the same as at
 * home (run.ts); only the dispatch is far away, and may be away for a while.
 *
 * Every question may be asked twice, so whatever was not answered is asked again: at first soon, then ever more rarely. What
 * the server refuses for good (a token that is none, another version) ends the agent.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { PostError, type Poster } from '../../net/http/post.ts';
import type { Log } from '../../net/log.ts';
import { type Clock, systemClock } from '../clock.ts';
import { type Asked, type Dispatch, type Ending, RunOver, type Wish, type Work } from '../dispatch.ts';
import type { Evidence } from '../evidence.ts';
import { Pace } from '../pace.ts';
import { defaultConcurrency, type ProbingOptions, Run, type RunReport } from '../run.ts';
import { habit } from '../schedule.ts';
import { fitted } from './evidence-shape.ts';
import { AgentEnding, AgentReceipt, AgentWork } from './protocol.ts';

export interface AgentOptions extends Omit<ProbingOptions, 'mostHeld' | 'signal'> {
  /** Where the server is, without a slash at its end. */
  readonly server: string;
  readonly poster: Poster;
  /** Stops it: what is under way is dropped, what was seen counts. */
  readonly signal: AbortSignal;
  /** Until nothing is due, and no longer. */
  readonly once?: boolean;
  /** From 0 to below 1. */
  readonly random?: () => number;
  readonly onRun?: (report: AgentReport) => void;
  /** Whom the operator hears: that the server is gone, and that it is back. */
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export type AgentReport = Omit<RunReport, 'elsewhere'>;

/** The server will have none of it, and asking again does not help. */
export class AgentRefused extends Error {
  override readonly name = 'AgentRefused';
  /** Of the answer. */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Looks at what the server gives out until it is told to stop. @throws {AgentRefused} */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { signal, once = false, onRun, log, clock = systemClock, concurrency = defaultConcurrency } = options;
  const pace = options.pace ?? new Pace();
  const refusal = new AbortController();
  const stop = AbortSignal.any([signal, refusal.signal]);
  const server = new Server({ ...options, clock, signal: stop });
  const self = randomUUID();
  let runs = 0;
  const round = async () => {
    try {
      const dispatch = new AgentDispatch(server, `${self}.${++runs}`, stop);
      const probing = { ...options, clock, pace, concurrency, signal: stop, mostHeld: Math.min(1000, 4 * concurrency) };
      const { taken: _, cutOff: __, ...report } = await new Run(dispatch, probing).finish();
      if (report.run !== undefined) onRun?.(report);
      return report;
    } catch (error) {
      if (error instanceof AgentRefused) refusal.abort(error);
      throw error;
    }
  };
  if (once) {
    while (!stop.aborted && (await round()).run !== undefined);
    return;
  }
  const tell = (message: string) => void (refusal.signal.aborted || log.warn(message));
  await habit({ round, clock, note: tell }, stop);
  refusal.signal.throwIfAborted();
}

/** One run, given out by a server. */
class AgentDispatch implements Dispatch {
  readonly #server: Server;
  readonly #run: string;
  readonly #signal: AbortSignal;
  #begun = false;
  #waiting: { readonly evidence: Evidence; readonly taken: PromiseWithResolvers<boolean> }[] = [];
  #isReporting = false;

  constructor(server: Server, run: string, signal: AbortSignal) {
    this.#server = server;
    this.#run = run;
    this.#signal = signal;
  }

  async take(wish: Wish): Promise<Work> {
    const { run, ...work } = await this.#ask('leases', wish, AgentWork);
    if (run !== null) this.#begun = true;
    return { ...work, ...(run !== null && { run }) };
  }

  report(evidence: Evidence): Promise<boolean> {
    const taken = Promise.withResolvers<boolean>();
    this.#waiting.push({ evidence: fitted(evidence), taken });
    void this.#reportAll();
    return taken.promise;
  }

  async end({ controls = [], cutOff = false }: Asked): Promise<Ending> {
    if (!this.#begun) return { verdict: 'sound', reason: null, changes: [] };
    const asked = { controls, cutOff };
    if (!this.#signal.aborted) return this.#ask('end', asked, AgentEnding);
    // Whoever stops says so once. A server that does not hear it misses us when the leases run out.
    try {
      return await this.#server.once(this.#path('end'), asked, AgentEnding);
    } catch {
      return { verdict: 'inconclusive', reason: 'The server did not hear that the run was cut off.', changes: [] };
    }
  }

  /** What comes while a report is under way goes with the next one. */
  async #reportAll(): Promise<void> {
    if (this.#isReporting) return;
    this.#isReporting = true;
    while (this.#waiting.length > 0) {
      const some = this.#nextReport();
      try {
        const evidence = some.map((one) => one.evidence);
        const { taken, refused } = await this.#ask('reports', { evidence }, AgentReceipt);
        for (const { index, why } of refused) this.#server.complain(evidence[index]?.endpoint, why);
        for (const one of some) one.taken.resolve(taken.includes(one.evidence.endpoint));
      } catch (error) {
        for (const one of some) one.taken.reject(error);
      }
    }
    this.#isReporting = false;
  }

  #nextReport() {
    let size = 0;
    const count = this.#waiting.findIndex(({ evidence }, i) => {
      size += JSON.stringify(evidence).length;
      return i === mostInReport || (i > 0 && size > reportSize);
    });
    return this.#waiting.splice(0, count === -1 ? this.#waiting.length : count);
  }

  #ask<T extends z.ZodType>(what: 'leases' | 'reports' | 'end', body: unknown, answer: T): Promise<z.infer<T>> {
    return this.#server.ask(this.#path(what), body, answer);
  }

  #path(what: string): string {
    return `/api/v1/agent/runs/${this.#run}/${what}`;
  }
}

/** Probes in one report, and their characters as JSON: less than proxies let through. */
const mostInReport = 50;
const reportSize = 256 * 1024;
/** Milliseconds that an answer may take. */
const patience = 60_000;
/** When one stops. */
const lastPatience = 5000;
/** Milliseconds until it is tried again: the first time, and at most. Each time it is twice as long. */
const firstPause = 1000;
const longestPause = 60_000;

const ProblemShape = z.object({ detail: z.string(), code: z.string().optional() });

interface ServerOptions extends Pick<AgentOptions, 'server' | 'poster' | 'log' | 'random' | 'signal'> {
  readonly clock: Clock;
}

/** The server, asked until it answers. */
class Server {
  readonly #options: ServerOptions;
  #isGone = false;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** @throws {RunOver}, also where the agent is to stop, {AgentRefused} */
  async ask<T extends z.ZodType>(path: string, body: unknown, answer: T): Promise<z.infer<T>> {
    const { signal, clock, log, random = Math.random } = this.#options;
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      if (signal.aborted) throw new RunOver('the agent was stopped');
      try {
        const given = await this.#post(path, body, answer, { timeout: patience, signal });
        if (this.#isGone) log.info('the server answers again');
        this.#isGone = false;
        return given;
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        if (signal.aborted) continue;
        if (!this.#isGone) log.warn(`the server is asked again and again: ${error.message}`);
        this.#isGone = true;
        await clock.sleep(Math.max(pause, error.retryAfter) * (0.5 + random() / 2), signal);
      }
    }
  }

  /** Told, because it is a defect of one of the two. */
  complain(endpoint: string | undefined, why: string): void {
    this.#options.log.warn(`the server cannot read what was seen of ${endpoint ?? 'an endpoint'}: ${why}`);
  }

  /** Asked only once, also by an agent that was stopped. */
  once<T extends z.ZodType>(path: string, body: unknown, answer: T): Promise<z.infer<T>> {
    return this.#post(path, body, answer, { timeout: lastPatience });
  }

  async #post<T extends z.ZodType>(
    path: string,
    body: unknown,
    answer: T,
    options: { readonly timeout: number; readonly signal?: AbortSignal },
  ): Promise<z.infer<T>> {
    const { server, poster } = this.#options;
    const reply = await poster.post(new URL(server + path), JSON.stringify(body), options).catch((error: unknown) => {
      throw error instanceof PostError ? new Unanswered(error.message) : error;
    });
    const { status, retryAfter = 0 } = reply;
    const value = jsonOrUndefined(reply.body);
    if (status === 200) {
      const given = answer.safeParse(value);
      if (given.success) return given.data;
      throw new AgentRefused(status, 'its answer is not that of a mailatlas server that this version knows');
    }
    const problem = ProblemShape.safeParse(value).data;
    // Only our own server's word ends a run; a proxy's does not.
    if (status === 409 && problem?.code === 'run-over') throw new RunOver(problem.detail);
    const said = `it answered ${status}${problem ? `: ${problem.detail.replace(/\.$/, '')}` : ''}`;
    if (status === 408 || status === 429 || status >= 500) throw new Unanswered(said, retryAfter);
    throw new AgentRefused(status, said);
  }
}

/** There is no answer, or none yet. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';
  /** Milliseconds. */
  readonly retryAfter: number;
  constructor(message: string, retryAfter = 0) {
    super(message);
    this.retryAfter = Math.min(retryAfter, longestPause);
  }
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
