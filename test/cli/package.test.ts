/**
 * The published package: packed by npm, unpacked in an empty folder, run by its `bin`. It is packed from a copy of the
 * checkout, so that no other test sees a `dist/` come and go.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));
const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'mailatlas-package-')));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};
/** What the package is built from; whatever else lies in a checkout must not be needed. */
const sources = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.client.json',
  'LICENSE',
  'src',
  'bin',
  'data',
  'migrations',
];

const checkout = join(temporary, 'checkout');
const consumer = join(temporary, 'consumer');
const installed = join(consumer, 'node_modules', 'mailatlas');
const bin = join(consumer, 'node_modules', '.bin', 'mailatlas');
/** Node 24 first, then whatever the machine has: npm itself is the machine's. */
const env = {
  ...process.env,
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  HOME: temporary,
  XDG_CACHE_HOME: join(temporary, 'cache'),
  npm_config_update_notifier: 'false',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_logs_max: '0',
};

describe('the published package', { timeout: 240_000 }, () => {
  let how: string;
  before(() => {
    how = install(pack());
  });
  after(() => rmSync(temporary, { recursive: true }));

  test('holds the program, the data and the migrations, and neither sources nor tests', (t) => {
    t.diagnostic(how);
    const top = readdirSync(installed).filter((name) => name !== 'node_modules');
    assert.deepEqual(
      top.filter((name) => !/^(README|CHANGELOG|LICENSE)/.test(name)),
      ['bin', 'data', 'dist', 'migrations', 'package.json'],
    );
    assert.ok(existsSync(join(installed, 'LICENSE')));
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      files.filter((file) => /(^|\/)(test|src)\/|(?<!\.d)\.ts$|\.tmp$/.test(file) && !file.startsWith('node_modules')),
      [],
    );
    assert.deepEqual(readdirSync(join(installed, 'data')), readdirSync(join(checkout, 'data')));
  });

  test('answers a lookup from its own data', () => {
    const { stdout, stderr, status } = mailatlas('lookup', 't-online.de');
    assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
    assert.match(stdout, /^Telekom Mail .*\nincoming {2}IMAP {2}secureimap\.t-online\.de {2}993 {2}TLS/);
  });

  test('takes the compiled atlas that it brought, and parses no YAML for it', () => {
    const atlas = JSON.parse(readFileSync(join(installed, 'dist', 'atlas.json'), 'utf8')) as { curated: object };
    assert.ok(atlas.curated);
    assert.ok(!existsSync(join(temporary, 'cache', 'mailatlas')), 'nothing was compiled into the cache');
  });

  test('gives the client library to who imports it, with types', () => {
    const bundle = join(root, 'test', 'vectors', 'bundle');
    const { keys, now } = JSON.parse(readFileSync(join(bundle, 'vectors.json'), 'utf8')) as {
      keys: string[];
      now: string;
    };
    const program = `
      import { readFileSync } from 'node:fs';
      import { openBundle } from 'mailatlas/client';
      const bytes = readFileSync(${JSON.stringify(join(bundle, 'good.bundle.gz'))});
      const atlas = await openBundle(bytes, { keys: ${JSON.stringify(keys)}, now: new Date(${JSON.stringify(now)}) });
      const result = await atlas.lookup('fred@mail.example');
      const username: string | null | undefined = 'answer' in result ? result.answer.incoming[0]?.username : undefined;
      console.log(username);
    `;
    writeFileSync(join(consumer, 'use.ts'), program);
    const { stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'use.ts'], {
      cwd: consumer,
      encoding: 'utf8',
    });
    assert.deepEqual({ stdout, stderr }, { stdout: 'fred@mail.example\n', stderr: '' });
    const compiler = join(root, 'node_modules', '.bin', 'tsc');
    const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom'];
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')];
    const judged = spawnSync(compiler, [...strict, ...types, '--ignoreConfig', 'use.ts'], {
      cwd: consumer,
      encoding: 'utf8',
    });
    assert.equal(judged.stdout, '');
  });

  test('knows its version', () => {
    assert.equal(mailatlas('--version').stdout, `${manifest.version}\n`);
  });

  test('finds nothing to mend in its own data', () => {
    const { stdout, status } = mailatlas('lint');
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.includes(': error: ')),
      [],
    );
    assert.equal(status, 0);
  });

  test('serves', async (t) => {
    const server = spawn(bin, ['serve', '--port', '0', '--db', 'atlas.db'], {
      cwd: consumer,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(server, 'close');
    t.after(() => server.kill('SIGKILL'));
    let said = '';
    for await (const chunk of server.stdout as AsyncIterable<Buffer>) {
      said += chunk.toString();
      if (said.includes('\n')) break;
    }
    const url = /serves \d+ providers on (\S+)/.exec(said)?.[1] ?? assert.fail(`it said: ${said}`);
    const response = await fetch(new URL('/v1.1/t-online.de', url));
    assert.equal(response.status, 200);
    assert.match(await response.text(), /<hostname>secureimap\.t-online\.de<\/hostname>/);
    server.kill('SIGTERM');
    assert.deepEqual(await closed, [0, null]);
  });

  const old = oldNode();
  test(
    'tells a Node that is too old what it needs, and ends with 3',
    old === undefined ? { skip: 'there is no Node older than 24 on the PATH' } : {},
    () => {
      assert.ok(old);
      const { stdout, stderr, status } = spawnSync(old.path, [bin, 'lookup', 't-online.de'], { encoding: 'utf8' });
      assert.deepEqual(
        { stdout, stderr, status },
        {
          stdout: '',
          stderr:
            `mailatlas: this is Node ${old.version}; mailatlas needs Node 24 or newer\n` +
            '  hint: npx -p node@24 -p mailatlas mailatlas …\n',
          status: 3,
        },
      );
    },
  );
});

/** Copies the checkout and packs the copy, which builds it; gives back the tarball. */
function pack(): string {
  mkdirSync(checkout);
  for (const name of sources) cpSync(join(root, name), join(checkout, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const packed = join(temporary, 'packed');
  mkdirSync(packed);
  npm(checkout, 'pack', '--pack-destination', packed);
  const [tarball = '', ...more] = readdirSync(packed);
  assert.deepEqual([tarball.endsWith('.tgz'), more], [true, []]);
  return join(packed, tarball);
}

/**
 * Installs the tarball as a user does, where npm's cache has all it needs; else unpacks it beside links to those packages
 * of the checkout that it says it depends on, and to no others. Gives back which of the two it was.
 */
function install(tarball: string): string {
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{"private": true, "type": "module"}');
  // The cache stands in the real home folder.
  const cache = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8', cwd: consumer }).stdout.trim();
  const offline = ['--offline', '--ignore-scripts', '--no-package-lock', '--cache', cache];
  const { status } = spawnSync('npm', ['install', ...offline, tarball], { cwd: consumer, env, timeout: 120_000 });
  if (status === 0) return 'installed by npm, offline';

  rmSync(join(consumer, 'node_modules'), { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  const unpacked = spawnSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], { encoding: 'utf8' });
  assert.equal(unpacked.status, 0, unpacked.stderr);
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(consumer, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  mkdirSync(dirname(bin));
  symlinkSync('../mailatlas/bin/mailatlas.js', bin);
  return 'unpacked, with its dependencies linked: npm’s cache has not all of them';
}

function npm(cwd: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('npm', args, { cwd, env, encoding: 'utf8', timeout: 120_000 });
  assert.equal(status, 0, stderr);
}

function mailatlas(...args: string[]) {
  return spawnSync(bin, args, { cwd: consumer, env, encoding: 'utf8', timeout: 60_000 });
}

/** A Node of the machine's own that is older than 24. */
function oldNode(): { path: string; version: string } | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(root));
  for (const folder of folders) {
    const path = join(folder, 'node');
    if (!existsSync(path)) continue;
    const version = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
    if (Number(version.split('.')[0]) < 24) return { path, version };
  }
  return undefined;
}
