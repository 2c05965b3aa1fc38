/** One server, asked by us, by OpenSSL and by curl in turn, round after round. */
import { join } from 'node:path';
import process from 'node:process';
import { type Pki, pki } from '../../test/pki.ts';
import { ask } from '../children.ts';
import { isInstalled, median, watchServers } from '../machine.ts';
import type { Bare } from './bare.ts';
import { startDovecot } from './dovecot.ts';
import { curl, openssl, type Target } from './others.ts';
import type { Order, Took } from './ours.ts';

export interface Comparison {
  readonly folder: string;
  readonly caFile: string;
  readonly rounds: number;
  readonly probes: number;
  readonly concurrency: number;
}

/** The host of the test certificates. */
const host = 'mail.example.test';
const kinds = { 'RSA 2048': 'good', 'EC P-256': 'good-ec' } as const;
const opensslSeconds = 3;
const opensslAtOnce = 8;
const curls = 20;

interface Server extends Target {
  readonly name: string;
}

/** One measurement of one contestant, and how busy the servers' processor was. */
interface Round extends Took {
  readonly served: number;
}

export async function compare(options: Comparison): Promise<void> {
  const authority = await pki();
  const leaves = await Promise.all(Object.values(kinds).map((kind) => authority.leaf(kind)));
  const bare = await ask<Bare>('server', new URL('bare.ts', import.meta.url), leaves);
  try {
    for (const [i, key] of Object.keys(kinds).entries()) {
      const leaf = leaves[i];
      if (!leaf) continue;
      const dovecot = await startDovecot(join(options.folder, `dovecot-${i}`), leaf);
      try {
        if (typeof dovecot === 'string') say(`\nskipped: ${dovecot}`);
        else
          await table(
            options,
            authority,
            bare.answer.names,
            target(`Dovecot ${dovecot.version}, ${key}`, dovecot.port),
          );
      } finally {
        if (typeof dovecot !== 'string') await dovecot.stop();
      }
      await table(
        options,
        authority,
        bare.answer.names,
        target(`bare TLS responder, ${key}`, bare.answer.ports[i] ?? 0),
      );
    }
  } finally {
    await bare.end();
  }

  function target(name: string, port: number): Server {
    return { name, host, port, caFile: options.caFile };
  }
}

async function table(options: Comparison, { ca }: Pki, names: string, server: Server): Promise<void> {
  const { rounds, probes, concurrency } = options;
  const order: Order = { host: server.host, port: server.port, ca, probes, concurrency };
  const ours = async (more: Partial<Order> = {}) => {
    const { answer, end } = await ask<Took>('client', new URL('ours.ts', import.meta.url), { ...order, ...more });
    await end();
    return answer;
  };
  const opensslName = `openssl s_time -new, ${opensslAtOnce} at once`;
  const contestants: Record<string, () => Promise<Took>> = {
    [`probe and judge, ${concurrency} at once`]: () => ours(),
    'the same, names asked by DNS': () => ours({ names }),
    ...(isInstalled('openssl') && {
      'openssl s_time -new': () => openssl(server, opensslSeconds, 1),
      [opensslName]: () => openssl(server, opensslSeconds, opensslAtOnce),
    }),
    ...(isInstalled('curl') && { 'curl imaps://, one by one': () => curl(server, curls) }),
  };
  const seen = new Map<string, Round[]>(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(contestants)) {
      const stop = watchServers();
      seen.get(name)?.push({ ...(await measure()), served: stop() });
    }
  }
  say(`\n${server.name}; median of ${rounds} rounds`);
  say('   per second   CPU ms each   server CPU busy   peak memory');
  for (const [name, all] of seen) say(`${row(all)}  ${name}`);
  const [mine = []] = seen.values();
  for (const name of ['openssl s_time -new', opensslName]) {
    const theirs = seen.get(name);
    if (theirs) say(`${ratio(mine, theirs)} of ${name}`);
  }
}

function row(all: readonly Round[]): string {
  const value = (pick: (round: Round) => number | undefined, digits: number, unit = '') => {
    const middle = median(all.map((one) => pick(one) ?? Number.NaN));
    return Number.isNaN(middle) ? '–' : `${middle.toFixed(digits)}${unit}`;
  };
  const cells = [
    value(({ perSecond }) => perSecond, 0).padStart(13),
    value(({ cpu }) => cpu, 2).padStart(14),
    value(({ served }) => served, 0, ' %').padStart(18),
    value(({ memory }) => memory, 0, ' MB').padStart(14),
  ];
  return cells.join('');
}

/** Round by round, since others use the machine, too. */
function ratio(mine: readonly Round[], theirs: readonly Round[]): string {
  const percent = (pick: (a: Round, b: Round) => number) =>
    `${(100 * median(mine.flatMap((one, i) => (theirs[i] ? [pick(one, theirs[i])] : [])))).toFixed(0)} %`;
  const rate = percent((a, b) => a.perSecond / b.perSecond);
  // What one processor would reach that does nothing else.
  const perCpu = percent((a, b) => b.cpu / a.cpu);
  return `${rate.padStart(13)} of the rate, ${perCpu.padStart(5)} of the rate for the same processor time:`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
