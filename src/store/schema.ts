/** The tables, as drizzle sees them. The truth is in `migrations/`; test/store/schema.test.ts holds the two together. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const provider = sqliteTable('provider', {
  id: text().notNull().primaryKey(),
  digest: text().notNull(),
  json: text().notNull(),
});

export const domain = sqliteTable(
  'domain',
  {
    name: text().notNull().primaryKey(),
    provider: text(),
    leftOut: text('left_out'),
  },
  (table) => [index('domain_provider').on(table.provider)],
);

export const mx = sqliteTable(
  'mx',
  {
    pattern: text().notNull().primaryKey(),
    provider: text(),
    other: text(),
  },
  (table) => [index('mx_provider').on(table.provider)],
);

export const meta = sqliteTable('meta', {
  key: text().notNull().primaryKey(),
  value: text().notNull(),
});

export const overlay = sqliteTable('overlay', {
  number: integer().primaryKey({ autoIncrement: true }),
  id: text().notNull().unique(),
  baseDigest: text('base_digest'),
  json: text(),
  at: text().notNull(),
});

export const revision = sqliteTable(
  'revision',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    at: text().notNull(),
    id: text().notNull(),
    oldDigest: text('old_digest'),
    newDigest: text('new_digest'),
    cause: text().notNull(),
  },
  (table) => [index('revision_id').on(table.id, table.n)],
);
