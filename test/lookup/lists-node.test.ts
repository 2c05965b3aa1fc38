import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { domainLines, ListError, type ListRow } from '../../src/lookup/lists.ts';
import { keepList, type ListSource } from '../../src/lookup/lists-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailatlas-lists-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

describe('a file', () => {
  test('is read at the start, and again when it has changed and nobody writes any more', (t) => {
    const { file, said, notes } = keep(t, 'a.de\n');
    assert.deepEqual(said(), ['a.de']);
    writeFileSync(file, 'a.de\nb');
    t.mock.timers.tick(1000);
    writeFileSync(file, 'a.de\nb.de\n');
    t.mock.timers.tick(1000);
    assert.deepEqual(said(), ['a.de'], 'somebody may be writing');
    t.mock.timers.tick(1000);
    assert.deepEqual(said(), ['a.de', 'b.de']);
    assert.deepEqual(notes, []);
  });

  test('is read when another one takes its place, as careful writers do', (t) => {
    const { file, said } = keep(t, 'a.de\n');
    writeFileSync(`${file}.new`, 'c.de\n');
    renameSync(`${file}.new`, file);
    t.mock.timers.tick(2000);
    assert.deepEqual(said(), ['c.de']);
  });

  test('that is broken or gone leaves the old list, and is complained of once', (t) => {
    const { file, said, notes, again } = keep(t, 'a.de\n');
    writeFileSync(file, 'broken.de\n');
    t.mock.timers.tick(2000);
    again();
    assert.deepEqual(said(), ['a.de']);
    assert.deepEqual(notes, [`${file}, line 1: this is broken; the list stays as it was`]);
    rmSync(file);
    t.mock.timers.tick(2000);
    assert.deepEqual(said(), ['a.de']);
    assert.deepEqual(notes.slice(1), [`${file} cannot be read (ENOENT); the list stays as it was`]);
    writeFileSync(file, 'd.de\n');
    t.mock.timers.tick(2000);
    assert.deepEqual(said(), ['d.de']);
  });

  test('that is broken or not there at the start is thrown', (t) => {
    assert.throws(() => keep(t, 'broken.de\n'), { name: 'ListError', message: /line 1: this is broken/ });
    assert.throws(() => start({ file: join(folder, 'nothing') }, []), { name: 'ListError', message: /ENOENT/ });
  });

  test('is read at once when somebody says so', (t) => {
    const { file, said, again } = keep(t, 'a.de\n');
    writeFileSync(file, 'e.de\n');
    again();
    assert.deepEqual(said(), ['e.de']);
  });
});

test('a query is asked again every minute; a table that is gone leaves the old list', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const db = join(folder, 'mail.sqlite');
  const writer = new Sqlite(db);
  t.after(() => writer.close());
  writer.exec(`CREATE TABLE domain (name); INSERT INTO domain VALUES ('a.de')`);
  const { said, notes, takes, again, stop } = start({ db, sql: 'SELECT name FROM domain ORDER BY name' }, []);
  t.after(stop);
  writer.exec(`INSERT INTO domain VALUES ('b.de')`);
  t.mock.timers.tick(59_000);
  assert.deepEqual(said(), ['a.de']);
  t.mock.timers.tick(1000);
  assert.deepEqual(said(), ['a.de', 'b.de']);
  assert.equal(takes(), 2);
  t.mock.timers.tick(120_000);
  assert.equal(takes(), 2, 'the same rows are judged once');
  again();
  assert.equal(takes(), 3, 'unless somebody says so: the records may be others');
  writer.exec('DROP TABLE domain');
  t.mock.timers.tick(120_000);
  assert.deepEqual(said(), ['a.de', 'b.de']);
  assert.deepEqual(notes, [
    `the question to ${db} failed: no such table: domain; try it with the sqlite3 program; the list stays as it was`,
  ]);
});

/** Keeps a new file with this text; time stands still until the test moves it. */
function keep(t: TestContext, text: string) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const file = join(folder, `${++files}.txt`);
  writeFileSync(file, text);
  const kept = start({ file }, []);
  t.after(kept.stop);
  return { file, ...kept };
}

function start(source: ListSource, notes: string[]) {
  let rows: ListRow[] = [];
  let taken = 0;
  const list = keepList(source, {
    lines: domainLines,
    note: (text) => notes.push(text),
    take(next) {
      const bad = next.find(({ cells }) => cells[0] === 'broken.de');
      if (bad) throw new ListError(`${bad.where}: this is broken`);
      rows = next;
      taken++;
    },
  });
  return {
    said: () => rows.map(({ cells }) => cells[0]),
    takes: () => taken,
    notes,
    again: () => list.again(),
    stop: () => list.stop(),
  };
}
