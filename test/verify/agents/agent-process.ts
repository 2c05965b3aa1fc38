/**
 * An agent as a process of its own, for tests: `node agent-process.ts SERVER TOKEN CONCURRENCY`. Every name leads to
 * loopback, nobody is let rest, and minutes are short. It prints a dot for each server that it has reported, and a line for
 * each run.
 */
import process from 'node:process';
import { nodePoster } from '../../../src/net/http/post-node.ts';
import { runAgent } from '../../../src/verify/agents/agent.ts';
import { type Clock, systemClock } from '../../../src/verify/clock.ts';
import { judge } from '../../../src/verify/judge.ts';
import { Pace } from '../../../src/verify/pace.ts';
import { probe } from '../../../src/verify/probe/probe.ts';
import { logTo } from '../../log.ts';
import { probeOptions } from '../prober.ts';

const [server = '', token = '', concurrency = '2'] = process.argv.slice(2);
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const clock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => systemClock.sleep(Math.min(milliseconds, 100), signal),
};
await runAgent({
  server,
  poster: nodePoster({ headers: { Authorization: `Bearer ${token}` } }),
  probe: (endpoint) => probe(endpoint, probeOptions),
  judge: (evidence, now) => judge(evidence, now),
  pace: new Pace(0),
  clock,
  concurrency: Number(concurrency),
  signal: stop.signal,
  onResult: () => process.stdout.write('.'),
  onRun: ({ done, verdict, changes }) => console.log(`\nrun ${done} ${verdict} ${changes.length}`),
  log: logTo((message) => console.error(message)),
});
