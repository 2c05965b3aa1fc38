/** mailatlas as real processes over a folder of their own: started, asked, killed, started again. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createToken, type Role } from '../../src/store/tokens.ts';
import { program as bundled } from '../program.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SiteOptions {
  /** Where its database is, if not in a folder of its own. */
  readonly folder?: string;
  /** Four made-up records, unless another folder is given. */
  readonly data?: string;
  /** What every `serve` is given. */
  readonly serve?: readonly string[];
  /** Before the program: `prlimit --nofile=64`. */
  readonly under?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of Node itself. */
  readonly node?: readonly string[];
}

const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-fault-'));
const running = new Set<ChildProcess>();
const agent = new Agent({ keepAlive: true });
after(async () => {
  agent.destroy();
  for (const child of running) child.kill('SIGKILL');
  await Promise.all([...running].map((child) => once(child, 'exit')));
  rmSync(temporary, { recursive: true, force: true });
});
let sites = 0;

/** As in test/cli/data, in the form of a submission. */
const webOnly = {
  name: 'Example Web Only',
  kind: 'privacy',
  country: 'DE',
  website: 'https://www.webonly.example/',
  access: 'none',
  restriction: {
    text: { en: 'Mail is read in the browser only.', de: 'Die Post wird nur im Browser gelesen.' },
    sources: ['help'],
  },
  domains: ['webonly.example'],
  incoming: [],
  outgoing: [],
  sources: { help: { url: 'https://www.webonly.example/help', seen: '2025-03', says: 'no IMAP, no POP3' } },
};

export class Site {
  readonly folder: string;
  readonly data: string;
  readonly db: string;
  readonly #options: SiteOptions;
  #child: ChildProcess | undefined;
  #url = '';
  #said = '';

  constructor(options: SiteOptions = {}) {
    this.#options = options;
    this.folder = options.folder ?? join(temporary, String(++sites));
    this.data = join(this.folder, 'data');
    this.db = join(this.folder, 'atlas.db');
    const made = fileURLToPath(new URL('../cli/data', import.meta.url));
    cpSync(options.data ?? made, this.data, { recursive: true });
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#child?.pid ?? assert.fail('it does not run');
  }

  /** What it has had to say on stderr since it was started: warnings, and worse. */
  get said(): string {
    return this.#said;
  }

  /** Starts any command of mailatlas over this folder; `waiting-command` waits when it is ready. */
  async spawn(
    command: string,
    args: readonly string[] = [],
    program: 'main' | 'waiting-command' = 'main',
  ): Promise<ChildProcess> {
    const { under = [], env, node = [] } = this.#options;
    const main = await bundled(program);
    const needsData = !['backup', 'restore', 'token'].includes(command);
    const place = ['--db', this.db, ...(needsData ? ['--data', this.data] : [])];
    const [first, ...rest] = [...under, process.execPath, ...node, main, command, ...place, ...args];
    const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
    const child = spawn(first as string, rest, {
      cwd: this.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...inherited, NODE_COMPILE_CACHE: join(temporary, 'compiled'), ...env },
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  }

  /** Runs a command to its end. */
  async run(command: string, ...args: readonly string[]): Promise<Ended> {
    return ended(await this.spawn(command, args));
  }

  /** @throws {Error} with what it said, where it ends instead */
  async start(...more: readonly string[]): Promise<this> {
    const child = await this.spawn('serve', [
      '--port',
      '0',
      '--log-level',
      'warn',
      ...(this.#options.serve ?? []),
      ...more,
    ]);
    this.#child = child;
    this.#said = '';
    child.stderr?.on('data', (chunk: Buffer) => (this.#said += String(chunk)));
    this.#url = await new Promise((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        const url = /http:\/\/\S+/.exec(String(chunk))?.[0];
        if (url) resolve(url);
      });
      child.once('close', () => reject(new Error(this.#said)));
    });
    return this;
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** @throws Node's error where no answer comes */
  ask(path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> {
    return ask(this.#url, path, { method, headers, ...(body !== undefined && { body }) });
  }

  /** A change of the record without servers: nobody is called for it. */
  draft(short: string): object {
    const record = { ...webOnly, short };
    return { kind: 'change', id: 'webonly.example', record, reason: 'As on their page.' };
  }

  async token(name: string, role: Role): Promise<string> {
    const store = openSqlite(this.db);
    try {
      return (await createToken(store, name, role, new Date().toISOString())) ?? assert.fail('it is there');
    } finally {
      store.close();
    }
  }

  /** @throws {AssertionError} with what SQLite has against the file */
  assertWhole(): void {
    const sqlite = new Sqlite(this.db);
    try {
      assert.deepEqual(sqlite.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
      assert.deepEqual(sqlite.pragma('foreign_key_check'), []);
    } finally {
      sqlite.close();
    }
  }

  /** How many files and sockets the server has open. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Octets of memory that it has now. */
  get resident(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  }
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | Buffer | object;
}

export function ask(url: string, path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> {
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  const bytes = isJson ? JSON.stringify(body) : body;
  const typed = isJson ? { 'Content-Type': 'application/json' } : {};
  return new Promise((resolve, reject) => {
    const asking = request(new URL(path, url), { method, agent, headers: { ...typed, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    asking.once('error', reject);
    asking.end(bytes);
  });
}

export function jsonOf({ body }: Pick<Answer, 'body'>): Record<string, unknown> {
  return JSON.parse(String(body)) as Record<string, unknown>;
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk: Buffer) => {
      said[stream] += String(chunk);
    });
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, ...said };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A number below 1, the same sequence for the same seed: a run can be repeated. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
