import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { DataError, readDataDir, readText, writeText } from '../../src/catalog/files.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'mailatlas-files-')));
// Paths are shown relative to where the person stands: here, beside the data.
process.chdir(root);
after(() => {
  process.chdir('/');
  rmSync(root, { recursive: true });
});

/** A fresh data directory for every test. What is in the files does not matter: they are read, not parsed. */
let dir = '';
let n = 0;
beforeEach(() => {
  dir = `data-${++n}`;
  put('providers/a.example.yml', 'id: a.example\n');
  put('providers/b.example.yml', 'id: b.example\n');
  put('mx-others.yml', 'others: []\n');
});

function put(name: string, text: string): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), text);
}

const digest = (): string => readDataDir(dir).digest;

/** An error in words for the person at the terminal, with a tip, and without a stack of ours. */
function fails(act: () => unknown, says: string, tip: RegExp): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof DataError, `${String(error)} should be a DataError`);
    assert.equal(error.message, says);
    assert.match(error.tip, tip);
    return true;
  });
}

/** Nothing is forbidden to root: there the test must be somebody else for a moment. */
function asNobody(act: () => void): void {
  if (process.getuid?.() !== 0) return act();
  chmodSync(root, 0o755);
  process.seteuid?.(65534);
  try {
    act();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a data directory', () => {
  test('is its records in the order of their names, and the lists', () => {
    put('providers/0.example.yml', '');
    const files = readDataDir(dir);
    assert.equal(files.dir, dir);
    assert.deepEqual(
      files.providers.map(({ file }) => file),
      ['0.example.yml', 'a.example.yml', 'b.example.yml'].map((name) => join(dir, 'providers', name)),
    );
    assert.equal(files.providers[1]?.text, 'id: a.example\n');
    assert.equal(files.lists['mx-others.yml']?.text, 'others: []\n');
  });

  test('may lack lists: they are empty texts', () => {
    const { lists } = readDataDir(dir);
    assert.deepEqual(lists['left-out.yml'], { file: join(dir, 'left-out.yml'), text: '' });
    assert.equal(lists['exceptions.yml']?.text, '');
    assert.equal(lists['messages.yml']?.text, '');
  });

  test('may have no record at all', () => {
    rmSync(join(dir, 'providers'), { recursive: true });
    mkdirSync(join(dir, 'providers'));
    assert.deepEqual(readDataDir(dir).providers, []);
  });

  test('holds other files too, which are not looked at', () => {
    const before = digest();
    put('README.md', 'how to curate');
    put('provider.schema.json', '{}');
    put('providers/a.example.yml.4711.tmp', 'half a rec');
    put('providers/.a.example.yml', 'an editor’s own');
    put('providers/a.example.yaml', '');
    put('providers/b.example.yml~', '');
    assert.equal(readDataDir(dir).providers.length, 2);
    assert.equal(digest(), before);
  });

  test('is named by a person, and so are its files: relative to where they stand, where that is shorter', () => {
    assert.equal(readText(join(root, dir, 'mx-others.yml')).file, `${dir}/mx-others.yml`);
    assert.equal(readText(`./${dir}/mx-others.yml`).file, `${dir}/mx-others.yml`);
    const far = readText(import.meta.filename).file;
    assert.equal(resolve(far), import.meta.filename);
    assert.ok(far.length <= import.meta.filename.length);
  });
});

describe('the digest', () => {
  test('is SHA-256 in hex, and the same each time', () => {
    assert.match(digest(), /^[0-9a-f]{64}$/);
    assert.equal(digest(), digest());
  });

  test('is the same for a copy elsewhere, however it is named', () => {
    const before = digest();
    const copy = join(root, `copy-${n}`, 'of-data');
    cpSync(dir, copy, { recursive: true });
    assert.equal(readDataDir(copy).digest, before);
    assert.equal(readDataDir(`./copy-${n}/../copy-${n}/of-data/`).digest, before);
  });

  test('is the same for files that were touched or written anew', () => {
    const before = digest();
    put('providers/a.example.yml', 'id: a.example\n');
    assert.equal(digest(), before);
  });

  test('is another for any change', () => {
    const a = join(dir, 'providers/a.example.yml');
    const changes: Record<string, () => void> = {
      'one letter': () => put('providers/a.example.yml', 'id: A.example\n'),
      'a comment': () => put('providers/a.example.yml', 'id: a.example # x\n'),
      'an empty line': () => put('providers/a.example.yml', 'id: a.example\n\n'),
      'a new record': () => put('providers/c.example.yml', 'id: c.example\n'),
      'an empty record': () => put('providers/c.example.yml', ''),
      'a record less': () => rmSync(a),
      'another name': () => renameSync(a, join(dir, 'providers/z.example.yml')),
      'a list': () => put('mx-others.yml', 'others: [ ]\n'),
      'a new list': () => put('left-out.yml', 'domains: []\n'),
    };
    const seen = new Map([[digest(), 'nothing']]);
    for (const [what, change] of Object.entries(changes)) {
      const whole = `before-${n}`;
      cpSync(dir, whole, { recursive: true });
      change();
      assert.equal(seen.get(digest()), undefined, `${what} has the digest of another change`);
      seen.set(digest(), what);
      rmSync(dir, { recursive: true });
      renameSync(whole, dir);
    }
  });

  test('is another when the same text stands in other files', () => {
    const before = digest();
    put('providers/a.example.yml', 'id: b.example\n');
    put('providers/b.example.yml', 'id: a.example\n');
    assert.notEqual(digest(), before);
    const swapped = digest();
    put('providers/a.example.yml', 'id: b.example\nid: a.example\n');
    put('providers/b.example.yml', '');
    assert.notEqual(digest(), swapped);
  });

  test('is not fooled by a text that looks like the next file', () => {
    put('providers/a.example.yml', 'x');
    put('providers/b.example.yml', 'y');
    const two = digest();
    rmSync(join(dir, 'providers/b.example.yml'));
    put('providers/a.example.yml', 'x\nb.example.yml\n1\ny');
    assert.notEqual(digest(), two);
  });
});

describe('a data directory that cannot be read', () => {
  const nameIt = /^name the folder that holds providers\/\*\.yml with --data DIR$/;

  test('because it is not there', () => {
    fails(() => readDataDir('nowhere'), 'there is no nowhere/providers', nameIt);
    fails(() => readDataDir(join(root, 'nowhere')), 'there is no nowhere/providers', nameIt);
  });

  test('because it holds no records', () => {
    rmSync(join(dir, 'providers'), { recursive: true });
    fails(() => readDataDir(dir), `there is no ${join(dir, 'providers')}`, nameIt);
  });

  test('because it is a file', () => {
    const file = join(dir, 'mx-others.yml');
    fails(() => readDataDir(file), `${join(file, 'providers')} is not in a folder of data`, nameIt);
  });

  test('because “providers” is a file', () => {
    rmSync(join(dir, 'providers'), { recursive: true });
    put('providers', '');
    fails(() => readDataDir(dir), `${dir}/providers is not in a folder of data`, nameIt);
  });

  test('because a record in it is a folder', () => {
    mkdirSync(join(dir, 'providers/c.example.yml'));
    fails(() => readDataDir(dir), `${join(dir, 'providers/c.example.yml')} is a folder`, /./);
  });

  test('because a record in it is a link that leads nowhere', () => {
    symlinkSync('nowhere', join(dir, 'providers/c.example.yml'));
    fails(() => readDataDir(dir), `there is no ${join(dir, 'providers/c.example.yml')}`, /./);
  });

  test('because it is a link to itself', () => {
    symlinkSync(`loop-${n}`, `loop-${n}`);
    fails(() => readDataDir(`loop-${n}`), `loop-${n}/providers cannot be read (ELOOP)`, /./);
  });

  test('because its owner forbids it', () => {
    const file = join(dir, 'providers/a.example.yml');
    chmodSync(file, 0);
    asNobody(() => fails(() => readDataDir(dir), `${file} cannot be read (EACCES)`, /^check the permissions$/));
  });

  test('because a list is a folder: only one that is not there is empty', () => {
    mkdirSync(join(dir, 'left-out.yml'));
    fails(() => readDataDir(dir), `${join(dir, 'left-out.yml')} is a folder`, /./);
  });
});

describe('reading one file', () => {
  test('gives its text as it is', () => {
    put('x.yml', '\uFEFFid: ü\r\n');
    assert.equal(readText(join(dir, 'x.yml')).text, '\uFEFFid: ü\r\n');
  });

  test('that is not there is an error, unless it is optional', () => {
    fails(() => readText(join(dir, 'x.yml')), `there is no ${join(dir, 'x.yml')}`, /./);
    assert.equal(readText(join(dir, 'x.yml'), 'optional').text, '');
  });
});

describe('writing a file', () => {
  const path = (): string => join(dir, 'providers/a.example.yml');

  test('replaces the text', () => {
    writeText(path(), 'id: a.example\nname: A\n');
    assert.equal(readFileSync(path(), 'utf8'), 'id: a.example\nname: A\n');
  });

  test('makes the file and the folders that are not there yet', () => {
    const fresh = join(dir, 'new/folder/c.example.yml');
    writeText(fresh, 'id: c.example\n');
    assert.equal(readFileSync(fresh, 'utf8'), 'id: c.example\n');
  });

  test('leaves nothing else behind', () => {
    writeText(path(), 'x');
    assert.deepEqual(readdirSync(dirname(path())).sort(), ['a.example.yml', 'b.example.yml']);
  });

  test('puts a new file in the place of the old one: who has it open reads the old text to its end', () => {
    const before = statSync(path()).ino;
    writeText(path(), 'x');
    assert.notEqual(statSync(path()).ino, before);
  });

  test('is never seen half done', async () => {
    const [old, young] = ['old\n'.repeat(100_000), 'young\n'.repeat(100_000)];
    writeText(path(), old);
    const writer = new Worker(
      `const { workerData: [files, path, texts] } = require('node:worker_threads');
       import(files).then(({ writeText }) => { for (let i = 0; i < 200; i++) writeText(path, texts[i % 2]); });`,
      { eval: true, workerData: [join(import.meta.dirname, '../../src/catalog/files.ts'), path(), [young, old]] },
    );
    const ended = once(writer, 'exit');
    const writing = new AbortController();
    void ended.finally(() => writing.abort());
    const lengths = new Set<number>();
    while (!writing.signal.aborted) {
      lengths.add(readText(path()).text.length);
      await new Promise(setImmediate);
    }
    await ended;
    assert.deepEqual(
      [...lengths].filter((length) => length !== old.length && length !== young.length),
      [],
    );
  });

  test('leaves the old text and nothing else where it fails', () => {
    const folder = join(dir, 'providers/c.example.yml');
    mkdirSync(join(folder, 'inside'), { recursive: true });
    assert.throws(() => writeText(folder, 'x'), DataError);
    assert.deepEqual(readdirSync(dirname(folder)).sort(), ['a.example.yml', 'b.example.yml', 'c.example.yml']);
  });
});
