/** What others take for the same server: OpenSSL's own client, which shakes hands and leaves, and curl, which is an IMAP client. */
import { run } from '../children.ts';
import { timeOfChildren } from '../machine.ts';
import type { Took } from './ours.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  /** File of the authority to trust. */
  readonly caFile: string;
}

/** Full handshakes with the chain checked; no host name, no greeting, no command. @param atOnce so many processes */
export async function openssl({ port, caFile }: Target, seconds: number, atOnce: number): Promise<Took> {
  const command = ['openssl', 's_time', '-new', '-verify', '5', '-CAfile', caFile, '-time', String(seconds)];
  return measure(async () => {
    const all = Array.from({ length: atOnce }, () => run([...command, '-connect', `127.0.0.1:${port}`]));
    const counts = (await Promise.all(all)).map((said) => Number(/^(\d+) connections in .* real/m.exec(said)?.[1]));
    return counts.reduce((a, b) => a + b);
  });
}

/** One after another, each in a process of its own: handshake, chain, name, greeting, CAPABILITY, NOOP, LOGOUT. */
export async function curl({ host, port, caFile }: Target, times: number): Promise<Took> {
  const resolve = ['--resolve', `${host}:${port}:127.0.0.1`];
  return measure(async () => {
    for (let i = 0; i < times; i++)
      await run(['curl', '-sS', '--cacert', caFile, ...resolve, '-X', 'NOOP', `imaps://${host}:${port}/`]);
    return times;
  });
}

async function measure(work: () => Promise<number>): Promise<Took> {
  const cpu = timeOfChildren();
  const begun = performance.now();
  const count = await work();
  const seconds = (performance.now() - begun) / 1000;
  return { perSecond: count / seconds, cpu: (timeOfChildren() - cpu) / count };
}
