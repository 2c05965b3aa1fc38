/**
 * A network of its own for a test file, in which packets are lost, refused and cut as the test says, by the kernel's own
 * firewall: a network namespace that has loopback and nothing else. It ends with the process that lives in it.
 *
 *     if (inOwnNetwork) {
 *       test('…', async () => {
 *         await using _ = await firewall('tcp dport 993 drop');
 *       });
 *     } else test('in a network of its own', { skip: noOwnNetwork() }, () => runInOwnNetwork(import.meta.filename));
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cannotEnter, isInside, type Place, runInside } from '../inside.ts';

/** A namespace, loopback that is up, and the firewall. */
const network: Place = {
  name: 'network namespace with nftables',
  enter: ['unshare', '--net', 'sh', '-c', 'ip link set lo up && nft list ruleset && exec "$@"', 'sh'],
};

/** Whether this process is already in such a network. */
export const inOwnNetwork = isInside(network);

/** Why there can be no such network here, or false: for the `skip` option of a test. */
export function noOwnNetwork(): string | false {
  return cannotEnter(network);
}

/** Runs a test file again, inside. @throws {Error} with what it printed, if a test fails */
export async function runInOwnNetwork(file: string, milliseconds?: number): Promise<void> {
  await runInside(network, file, milliseconds);
}

let tables = 0;

/**
 * Rules of nftables for what arrives, `tcp dport 993 reject with tcp reset`; they hold until the end of the block.
 * Since there is only loopback, what one side sends arrives here as well as what the other sends.
 */
export async function firewall(...rules: readonly string[]): Promise<AsyncDisposable> {
  const table = `inet faults${(tables += 1)}`;
  const chain = ['type filter hook input priority 0;', ...rules].join('\n');
  await run('nft', `table ${table} {\nchain input {\n${chain}\n}\n}`);
  return { [Symbol.asyncDispose]: () => run('nft', `delete table ${table}`) };
}

/** Who calls a port of this machine gets to another one: servers on free ports answer where everybody expects them. */
export async function redirect(ports: readonly (readonly [from: number, to: number])[]): Promise<AsyncDisposable> {
  const table = `ip redirect${(tables += 1)}`;
  const rules = ports.flatMap(([from, to]) => ['tcp', 'udp'].map((one) => `${one} dport ${from} redirect to :${to}`));
  const chain = ['type nat hook output priority -100;', ...rules].join('\n');
  await run('nft', `table ${table} {\nchain output {\n${chain}\n}\n}`);
  return { [Symbol.asyncDispose]: () => run('nft', `delete table ${table}`) };
}

/** No IPv6 at all, until the end of the block: not even loopback has an address. */
export async function withoutIpv6(): Promise<AsyncDisposable> {
  const set = (value: 0 | 1): Promise<void> => run('sh', `echo ${value} >/proc/sys/net/ipv6/conf/all/disable_ipv6`);
  await set(1);
  return { [Symbol.asyncDispose]: () => set(0) };
}

/** Runs a program that reads what to do from its standard input. */
async function run(program: 'nft' | 'sh', input: string): Promise<void> {
  if (!inOwnNetwork) throw new Error('that would change the network of the machine');
  const child = spawn(program, program === 'nft' ? ['-f', '-'] : [], { stdio: ['pipe', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(`${input}\n`);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} refuses “${input}”: ${output}`);
}
