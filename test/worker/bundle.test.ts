/** The bundle that is deployed: what is in it, what it needs of the runtime, and how large it is. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { quietly } from './harness.ts';

interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly imports: readonly { readonly path: string; readonly external?: boolean }[];
        readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
      }
    >
  >;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mailatlas-bundle-'));
after(() => rmSync(folder, { recursive: true }));

/**
 * kB of gzip. Cloudflare takes 3 MB of those who pay nothing; a start takes time for each of them. Taking submissions in is 52
 * of them: 31 the table of confusable characters (without it, imitation in other letters passes), 21 the checks. Asking domains themselves
 * is 16.
 */
const most = 465;

describe('the bundle of the Worker', () => {
  let inputs: string[];
  let needs: string[];

  before(() => {
    const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
    const args = [wrangler, 'deploy', '--dry-run', '--outdir', folder, '--metafile'];
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...quietly },
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const { outputs } = JSON.parse(readFileSync(join(folder, 'bundle-meta.json'), 'utf8')) as Metafile;
    const found = Object.entries(outputs).find(([file]) => file.endsWith('worker.js'))?.[1];
    assert.ok(found);
    inputs = Object.entries(found.inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
    needs = [...new Set(found.imports.map(({ path }) => path))].sort();
  });

  test('needs nothing of the runtime but hashes and signatures, sockets, and work that goes on behind an answer', () => {
    assert.deepEqual(needs, ['cloudflare:sockets', 'cloudflare:workers', 'node:crypto']);
  });

  test('has no parser of YAML, no SQLite, no mail client and nothing of Node’s own hands in it', () => {
    const foreign = inputs.filter((file) =>
      /node_modules\/(yaml|better-sqlite3|imapflow|nodemailer|pino|@hono\/node-server)\/|src\/(cli|.*-node\.ts)/.test(
        file,
      ),
    );
    assert.deepEqual(foreign, []);
    assert.ok(inputs.some((file) => file.endsWith('src/worker.ts')));
  });

  test('has zod’s messages in one language: whoever imports { z } takes all of them along', () => {
    const languages = inputs.filter((file) => /zod\/.*\/locales\/(?!index)/.test(file));
    assert.deepEqual(
      languages.map((file) => file.split('/').at(-1)),
      ['en.js'],
    );
  });

  test('is small', (t) => {
    const code = readFileSync(join(folder, 'worker.js'));
    const [whole, packed] = [code.length, gzipSync(code).length].map((octets) => Math.round(octets / 1024));
    t.diagnostic(`the Worker has ${whole} kB, ${packed} kB as gzip`);
    assert.ok((packed ?? 0) < most, `${packed} kB`);
  });
});
