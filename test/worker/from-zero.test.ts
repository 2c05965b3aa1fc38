/**
 * The way of docs/workers.md as an operator walks it, from a copy of the checkout to a running Worker: its own commands, with
 * the database on this machine. What `wrangler dev` answers is what `mailatlas serve` answers, to the byte.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-ports.ts';
import { quietly } from './harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mailatlas-from-zero-'));
const env: NodeJS.ProcessEnv = { ...process.env, ...quietly, CI: 'true' };
// The project's own Node, also where npm is another one's.
env['PATH'] = `${dirname(process.execPath)}:${env['PATH'] ?? ''}`;
delete env['NODE_TEST_CONTEXT'];
const running: ChildProcess[] = [];

before(() => {
  for (const name of ['src', 'data', 'migrations', 'wrangler.toml', 'package.json', 'tsconfig.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  // What npm ci would bring.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});
after(async () => {
  await Promise.all(running.map(stop));
  rmSync(folder, { recursive: true });
});

/** The commands of a section's first block, as they stand there. */
function commandsOf(heading: string): string[] {
  const manual = readFileSync(join(root, 'docs/workers.md'), 'utf8');
  const [, section = ''] = manual.split(`\n## ${heading}\n`);
  const block = /```sh\n(.*?)```/s.exec(section)?.[1] ?? '';
  const lines = block.split('\n').map((line) => line.replace(/\s+# .*$/, '').trim());
  return lines.filter((line) => line !== '').map((line) => line.replaceAll('--remote', '--local'));
}

function type(command: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8' });
  assert.equal(status, 0, `${command}\n${stdout}\n${stderr}`);
  return stdout;
}

/** Starts a server in a process group of its own, and waits until it answers. @returns its URL */
async function start(command: string): Promise<string> {
  const port = await freePort();
  const child = spawn('sh', ['-c', `exec ${command} --port ${port}`], { cwd: folder, env, detached: true });
  running.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += String(text)));
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    assert.equal(child.exitCode, null, said);
    try {
      if ((await fetch(`${url}/healthz`)).ok) return url;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}

const lookups = [
  ...['t-online.de', 'gmx.net', 'web.de', 'gmail.com', 'outlook.com', 'yahoo.com'].map((domain) => `/v1.1/${domain}`),
  '/v1.1/nobody.zz',
  '/api/v1/lookup?email=max@gmx.de&mx=0',
  '/api/v1/lookup?domain=proton.me&mx=0',
  '/api/v1/providers/gmx.net/mail.mobileconfig',
];

async function answers(url: string): Promise<string[]> {
  return Promise.all(
    lookups.map(async (path) => {
      const response = await fetch(`${url}${path}`);
      const headers = ['Content-Type', 'Cache-Control', 'ETag'].map((name) => response.headers.get(name));
      return [path, response.status, ...headers, await response.text()].join('\n');
    }),
  );
}

const dev = 'node_modules/.bin/wrangler dev --ip 127.0.0.1 --inspector-port 0 --show-interactive-dev-session=false';

test('From nothing to a Worker that answers what a Node server answers, and back from a backup', async () => {
  const commands = commandsOf('From nothing to a running server');
  assert.deepEqual(
    commands.map((command) => command.split(' ').slice(0, 4).join(' ')),
    [
      'npx wrangler login',
      'npx wrangler d1 create',
      'npx wrangler d1 migrations',
      'npm run -s mailatlas',
      'npx wrangler d1 execute',
      'npx wrangler deploy',
      'curl https://mailatlas.<your account>.workers.dev/v1.1/t-online.de',
    ],
  );
  for (const command of commands.slice(2, 5)) type(command);
  const [node, worker] = await Promise.all([start('node src/cli/main.ts serve --host 127.0.0.1'), start(dev)]);
  const expected = await answers(node);
  assert.equal(expected.filter((text) => text.split('\n')[1] === '200').length, 9);
  assert.deepEqual(await answers(worker), expected);

  const [ask = '', write = ''] = commandsOf('New data');
  type(ask);
  assert.match(type(write), /^0 statements/m, 'nothing is new');

  const old = 'T-Online';
  const record = join(folder, 'data/providers/t-online.de.yml');
  writeFileSync(record, readFileSync(record, 'utf8').replace(/^name: .*$/m, `name: ${old} of tomorrow`));
  for (const command of commandsOf('New data')) type(command);
  await Promise.all(running.splice(0).map(stop));

  type('npx wrangler d1 export mailatlas --local --output backup.sql');
  type('npx wrangler d1 execute mailatlas --local --persist-to restored --file backup.sql');
  const made = `npx wrangler d1 execute mailatlas --local --json --command "SELECT type, name FROM sqlite_schema
    WHERE name NOT LIKE 'sqlite%' AND name NOT LIKE '_cf%' ORDER BY type, name"`;
  const [was, is] = [made, made.replace('--local', '--local --persist-to restored')].map((command) => {
    const [answer] = JSON.parse(type(command)) as [{ results: { type: string; name: string }[] }];
    return answer.results;
  });
  assert.ok(was?.some((one) => one.type === 'trigger'));
  assert.deepEqual(is, was, 'with every index and trigger');
  const restored = await answers(await start(`${dev} --persist-to restored`));
  assert.match(restored[0] ?? '', /T-Online of tomorrow/);
  assert.deepEqual(restored.slice(1), expected.slice(1));
});
