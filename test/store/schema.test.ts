/** `migrations/*.sql` make the tables, `src/store/schema.ts` describes them to drizzle: the two must say the same. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import * as schema from '../../src/store/schema.ts';

const migrations = new URL('../../migrations/', import.meta.url);
const sqlite = migrated();
const described = Object.values(schema).map((table: SQLiteTable) => getTableConfig(table));

describe('the tables that the migrations make', () => {
  test('are the tables of schema.ts, no more and no fewer', () => {
    const made = sqlite
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .pluck()
      .all() as string[];
    assert.deepEqual(made.sort(), described.map(({ name }) => name).sort());
  });

  test('are all STRICT', () => {
    const lax = sqlite
      .prepare(`SELECT name FROM pragma_table_list WHERE NOT strict AND type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .pluck()
      .all();
    assert.deepEqual(lax, []);
  });

  for (const { name, columns, indexes, primaryKeys, uniqueConstraints, foreignKeys, checks } of described) {
    const keyed = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
    test(`${name} has the columns of schema.ts: name, type, NOT NULL, default and primary key, in that order`, () => {
      assert.deepEqual(
        columnsOf(name),
        columns.map((column) => columnOf(column, column.primary || keyed.has(column.name))),
      );
    });

    test(`${name} numbers its rows without ever giving a number twice exactly where schema.ts says so`, () => {
      const sql = sqlite.prepare(`SELECT sql FROM sqlite_schema WHERE name = ?`).pluck().get(name) as string;
      const promised = columns.some((column) => 'autoIncrement' in column && column.autoIncrement === true);
      assert.equal(/\bAUTOINCREMENT\b/i.test(sql), promised);
    });

    test(`${name} has the indexes of schema.ts`, () => {
      const promised = indexes.map(({ config }) => ({
        name: config.name,
        unique: config.unique,
        columns: config.columns.map((column) => ('name' in column ? column.name : assert.fail('an expression'))),
      }));
      assert.deepEqual(indexesOf(name), promised);
    });

    test(`${name} has the UNIQUE columns of schema.ts`, () => {
      const promised = columns.filter(({ isUnique }) => isUnique).map((column) => [column.name]);
      assert.deepEqual(uniqueOf(name), promised);
    });

    test(`${name} has no constraint that this test does not compare`, () => {
      assert.deepEqual(
        { uniqueConstraints, foreignKeys, checks },
        { uniqueConstraints: [], foreignKeys: [], checks: [] },
      );
      assert.deepEqual(sqlite.pragma(`foreign_key_list("${name}")`), []);
    });
  }
});

describe('a history', () => {
  const histories = {
    revision: {
      first: `(n, at, id, cause) VALUES (1, '2026-11-20', 'mail.example', 'load')`,
      other: `(n, at, id, cause) VALUES (1, '2027', 'mail.example', 'again')`,
    },
    event: {
      first: `(n, submission, at, actor, who, act, to_state, why, confirmed)
        VALUES (1, 1, '2026-11-20', 'reviewer', 'anna', 'decline', 'declined', 'No.', '[]')`,
      other: `(n, submission, at, actor, who, act, to_state, why, confirmed)
        VALUES (1, 1, '2026-11-20', 'reviewer', 'bert', 'publish', 'published', 'Yes.', '[]')`,
    },
  };
  for (const [table, { first, other }] of Object.entries(histories)) {
    const attempts = {
      changed: `UPDATE ${table} SET at = 'rewritten'`,
      deleted: `DELETE FROM ${table}`,
      replaced: `INSERT OR REPLACE INTO ${table} ${other}`,
    };
    for (const [what, sql] of Object.entries(attempts)) {
      test(`is only added to: no ${table} can be ${what}`, () => {
        const database = migrated();
        database.exec(`INSERT INTO ${table} ${first}`);
        const before = database.prepare(`SELECT * FROM ${table}`).all();
        assert.throws(() => database.exec(sql), new RegExp(`${table}s are append-only`));
        assert.deepEqual(database.prepare(`SELECT * FROM ${table}`).all(), before);
      });
    }
  }
});

/** A database in memory after all migrations, as plain SQL: neither the store nor drizzle has a hand in it. */
function migrated(): Sqlite.Database {
  const database = new Sqlite(':memory:');
  for (const name of readdirSync(migrations).sort()) {
    if (name.endsWith('.sql')) database.exec(readFileSync(new URL(name, migrations), 'utf8'));
  }
  return database;
}

interface Column {
  name: string;
  type: string;
  notNull: boolean;
  default: unknown;
  primaryKey: boolean;
}

function columnOf(column: SQLiteColumn, primaryKey: boolean): Column {
  return {
    name: column.name,
    type: column.getSQLType().toUpperCase(),
    // INTEGER PRIMARY KEY is the row number, which SQLite never leaves out, with or without NOT NULL.
    notNull: column.notNull && !isRowNumber(column.getSQLType(), column.primary),
    default: column.default ?? null,
    primaryKey,
  };
}

function columnsOf(table: string): Column[] {
  const rows = sqlite.pragma(`table_xinfo("${table}")`) as {
    name: string;
    type: string;
    notnull: 0 | 1;
    dflt_value: unknown;
    pk: number;
  }[];
  return rows.map(({ name, type, notnull, dflt_value, pk }) => ({
    name,
    type,
    notNull: notnull === 1 && !isRowNumber(type, pk > 0),
    default: dflt_value,
    primaryKey: pk > 0,
  }));
}

const isRowNumber = (type: string, primary: boolean): boolean => primary && type.toUpperCase() === 'INTEGER';

interface IndexRow {
  name: string;
  unique: 0 | 1;
  /** c: CREATE INDEX, u: UNIQUE, pk: PRIMARY KEY. */
  origin: 'c' | 'u' | 'pk';
}

function indexRows(table: string, origin: IndexRow['origin']): IndexRow[] {
  const rows = sqlite.pragma(`index_list("${table}")`) as IndexRow[];
  return rows.filter((row) => row.origin === origin).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function indexColumns(index: string): string[] {
  return (sqlite.pragma(`index_info(${index})`) as { name: string }[]).map(({ name }) => name);
}

function indexesOf(table: string): { name: string; unique: boolean; columns: string[] }[] {
  return indexRows(table, 'c').map(({ name, unique }) => ({ name, unique: unique === 1, columns: indexColumns(name) }));
}

function uniqueOf(table: string): string[][] {
  return indexRows(table, 'u').map(({ name }) => indexColumns(name));
}
