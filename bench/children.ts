/** The processes that a benchmark starts. Whatever happens, they end when it does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { pinned, type Role } from './machine.ts';

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/**
 * A file of ours in a process of its own: gets one message, and answers with one.
 * @param flags of Node
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a file answers stands in that file
export async function ask<Answer>(
  role: 'client' | 'server',
  file: URL,
  message: object,
  flags: readonly string[] = [],
): Promise<{ answer: Answer; end: () => Promise<void> }> {
  const [program, args] = pinned(role, [process.execPath, ...flags, fileURLToPath(file)]);
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  hold(child);
  child.send(message);
  const answer = await new Promise<Answer>((resolve, reject) => {
    child.once('message', (said) => resolve(said as Answer));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file.pathname} ended with ${code} and no answer`)));
  });
  return { answer, end: () => end(child) };
}

export function hold(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** Runs a program to its end. @throws where it says that it failed */
export async function run(command: readonly string[], role: Role = 'client'): Promise<string> {
  const [program, args] = pinned(role, command);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  hold(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${said}`);
  return said;
}
