/** `mailatlas serve` as a process of its own, on the servers' processor or on all of them. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { end, hold } from './children.ts';
import { pinned, type Role } from './machine.ts';

export const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

export interface Running {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @param args of `serve`, without the port: it takes a free one */
export function serve(args: readonly string[], role?: Role): Promise<Running> {
  return listening([process.execPath, main, 'serve', '--port', '0', ...args], role);
}

/** Starts a server that says on stdout where it listens, `http://…`. */
export async function listening(command: readonly string[], role: Role = 'server'): Promise<Running> {
  const [program, args] = pinned(role, command);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  hold(child);
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /(http:\/\/[\w.:]+)\s/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command.join(' ')} ended with ${code}`)));
  });
  return { url, pid: child.pid ?? 0, stop: () => end(child) };
}
