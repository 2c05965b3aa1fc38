import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { queryForeign } from '../../../src/store/file/foreign-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailatlas-foreign-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'mail.sqlite');
const writer = new Sqlite(file);
after(() => writer.close());
// As PostfixAdmin has them.
writer.exec(`
  CREATE TABLE domain (domain TEXT, active INTEGER);
  INSERT INTO domain VALUES ('ALL', 1), ('a.de', 1), ('b.de', 0), (NULL, 1);
  CREATE TABLE mailbox (username TEXT, login TEXT);
  INSERT INTO mailbox VALUES ('max@a.de', 'm4711');
`);

test('a query has rows of texts', () => {
  assert.deepEqual(queryForeign(file, 'SELECT domain, active FROM domain'), [
    ['ALL', '1'],
    ['a.de', '1'],
    ['b.de', '0'],
    ['', '1'],
  ]);
});

test('a parameter is a value and never a part of the query', () => {
  const login = (address: string) =>
    queryForeign(file, 'SELECT login FROM mailbox WHERE username = :address', { parameters: { address } });
  assert.deepEqual(login('max@a.de'), [['m4711']]);
  assert.deepEqual(login(`' OR '1'='1`), []);
});

test('a mail server that writes meanwhile is not waited for, in WAL mode', () => {
  writer.pragma('journal_mode = WAL');
  writer.exec('BEGIN IMMEDIATE; DELETE FROM domain');
  assert.equal(queryForeign(file, 'SELECT domain FROM domain').length, 4);
  writer.exec('ROLLBACK');
});

test('nothing is written, whatever the query says', () => {
  for (const sql of ['DELETE FROM domain', 'DELETE FROM domain RETURNING domain', 'CREATE TABLE mine (a)', 'BEGIN']) {
    assert.throws(() => queryForeign(file, sql), { name: 'StoreError', message: /a SELECT is needed|readonly/ }, sql);
  }
  assert.equal(queryForeign(file, 'SELECT domain FROM domain').length, 4);
});

test('what is wrong is said in SQLite’s words, with the file and without the parameters', () => {
  const broken = join(folder, 'broken.sqlite');
  writeFileSync(broken, 'no database, but a text that is long enough to be taken for one'.repeat(20));
  for (const [of, sql, says] of [
    [file, 'SELECT domain FROM domains', /mail\.sqlite failed: no such table: domains$/],
    [file, 'SELEC domain', /syntax error/],
    [file, 'SELECT 1; SELECT 2', /more than one statement/],
    [join(folder, 'nothing.sqlite'), 'SELECT 1', /nothing\.sqlite failed: unable to open/],
    [broken, 'SELECT 1 FROM domain', /not a database/],
  ] as const) {
    assert.throws(() => queryForeign(of, sql), { name: 'StoreError', message: says }, sql);
  }
  const parameters = { address: 'max@secret.de' };
  assert.throws(
    () => queryForeign(file, 'SELECT * FROM nowhere WHERE a = :address', { parameters }),
    (error: Error) => !error.message.includes('secret'),
  );
});

test('more rows than anybody has are a mistake', () => {
  assert.throws(() => queryForeign(file, 'SELECT 1 FROM domain', { most: 3 }), { message: /more than 3 rows/ });
});
