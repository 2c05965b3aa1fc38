/** The tables, as drizzle sees them. The truth is in `migrations/`; test/store/schema.test.ts holds the two together. */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const provider = sqliteTable(
  'provider',
  {
    id: text().notNull().primaryKey(),
    digest: text().notNull(),
    json: text().notNull(),
  },
  (table) => [index('provider_renamed').on(table.id).where(sql`instr(json, '"formerly":') > 0`)],
);

export const listing = sqliteTable('listing', {
  id: text().notNull().primaryKey(),
  names: text().notNull(),
  facets: text().notNull(),
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
    owner: text(),
  },
  (table) => [index('mx_owner').on(table.owner), index('mx_provider').on(table.provider)],
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
    replaced: text(),
  },
  (table) => [index('revision_id').on(table.id, table.n)],
);

export const check = sqliteTable(
  'check',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    endpoint: text().notNull(),
    at: text().notNull(),
    vantage: text().notNull(),
    run: integer(),
    code: text().notNull(),
    outcome: text({ enum: ['works', 'fails', 'inconclusive'] }).notNull(),
    warnings: text().notNull(),
    says: text().notNull(),
    ms: integer().notNull(),
    certDays: integer('cert_days'),
    changed: integer().notNull(),
    evidence: text(),
    ipv6: text({ enum: ['answers', 'silent', 'alone'] }),
  },
  (table) => [index('check_endpoint').on(table.endpoint, table.n), index('check_run').on(table.run, table.n)],
);

export const status = sqliteTable('status', {
  endpoint: text().notNull().primaryKey(),
  status: text({ enum: ['unverified', 'verified', 'degraded', 'failing', 'dead'] }).notNull(),
  reason: text().notNull(),
  since: text().notNull(),
  checkedAt: text('checked_at'),
  staleAt: text('stale_at'),
  applied: integer().notNull(),
  listedAt: text('listed_at'),
  owner: text(),
});

export const vantage = sqliteTable('vantage', {
  name: text().notNull().primaryKey(),
  seenAt: text('seen_at').notNull(),
});

export const watch = sqliteTable(
  'watch',
  {
    endpoint: text().notNull(),
    vantage: text().notNull(),
    state: text(),
    applied: integer().notNull(),
    dueAt: text('due_at'),
    leaseUntil: text('lease_until'),
    leaseBy: text('lease_by'),
    owner: text(),
  },
  (table) => [
    primaryKey({ columns: [table.vantage, table.endpoint] }),
    index('watch_due').on(table.vantage, table.dueAt),
    index('watch_endpoint').on(table.endpoint),
    index('watch_lease').on(table.leaseBy).where(sql`lease_by IS NOT NULL`),
    index('watch_owner').on(table.owner).where(sql`lease_by IS NOT NULL`),
  ],
);

export const transition = sqliteTable(
  'transition',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    endpoint: text().notNull(),
    at: text().notNull(),
    fromStatus: text('from_status', { enum: ['unverified', 'verified', 'degraded', 'failing', 'dead'] }).notNull(),
    toStatus: text('to_status', { enum: ['unverified', 'verified', 'degraded', 'failing', 'dead'] }).notNull(),
    reason: text().notNull(),
  },
  (table) => [index('transition_endpoint').on(table.endpoint, table.n)],
);

export const run = sqliteTable(
  'run',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    by: text().notNull().unique(),
    vantage: text().notNull(),
    started: text().notNull(),
    aliveUntil: text('alive_until').notNull(),
    ended: text(),
    planned: integer().notNull(),
    done: integer().notNull(),
    verdict: text({ enum: ['sound', 'inconclusive'] }),
    reason: text(),
    witnesses: text(),
  },
  (table) => [index('run_ended').on(table.ended, table.n)],
);

export const quarantine = sqliteTable(
  'quarantine',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    name: text().notNull(),
    at: text().notNull(),
    why: text().notNull(),
    by: text().notNull(),
    liftedAt: text('lifted_at'),
    liftedBy: text('lifted_by'),
  },
  (table) => [uniqueIndex('quarantine_open').on(table.name).where(sql`lifted_at IS NULL`)],
);

export const nameServers = sqliteTable('name_servers', {
  domain: text().notNull().primaryKey(),
  hosts: text().notNull(),
  at: text().notNull(),
  missingSince: text('missing_since'),
});

export const comparison = sqliteTable(
  'comparison',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    domain: text().notNull(),
    record: text().notNull(),
    digest: text().notNull(),
    at: text().notNull(),
    verdict: text({ enum: ['agrees', 'differs', 'nothing', 'unknown'] }).notNull(),
    differences: text().notNull(),
    sources: text().notNull(),
    changed: integer().notNull(),
    proposal: text(),
  },
  (table) => [
    index('comparison_domain').on(table.domain, table.n),
    index('comparison_record').on(table.record, table.n),
  ],
);

export const publication = sqliteTable(
  'publication',
  {
    domain: text().notNull().primaryKey(),
    record: text().notNull(),
    digest: text().notNull(),
    dueAt: text('due_at').notNull(),
    leaseUntil: text('lease_until'),
    leaseBy: text('lease_by'),
  },
  (table) => [index('publication_due').on(table.dueAt)],
);

export const heard = sqliteTable('heard', {
  endpoint: text().notNull().primaryKey(),
  vantage: text().notNull(),
  status: text({ enum: ['verified', 'degraded', 'failing', 'dead'] }).notNull(),
  reason: text().notNull(),
  since: text().notNull(),
  checkedAt: text('checked_at').notNull(),
  staleAt: text('stale_at').notNull(),
  heardAt: text('heard_at').notNull(),
});

export const demand = sqliteTable('demand', {
  name: text().notNull().primaryKey(),
  asDomain: integer('as_domain').notNull(),
  asMx: integer('as_mx').notNull(),
  since: text().notNull(),
  last: text().notNull(),
});

export const signIn = sqliteTable('sign_in', {
  endpoint: text().notNull().primaryKey(),
  at: text().notNull(),
  level: text({ enum: ['L3', 'L4'] }).notNull(),
});

export const token = sqliteTable(
  'token',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    name: text().notNull(),
    role: text({ enum: ['reviewer', 'admin', 'agent'] }).notNull(),
    hash: text().notNull(),
    created: text().notNull(),
    lastUsed: text('last_used'),
    revoked: text(),
  },
  (table) => [uniqueIndex('token_name').on(table.name).where(sql`revoked IS NULL`)],
);

export const submission = sqliteTable(
  'submission',
  {
    number: integer().primaryKey({ autoIncrement: true }),
    state: text({
      enum: ['checking', 'waiting', 'asked', 'published', 'exported', 'declined', 'withdrawn'],
    }).notNull(),
    version: integer().notNull(),
    kind: text({ enum: ['new', 'change', 'report', 'remove'] }).notNull(),
    id: text().notNull(),
    draft: text().notNull(),
    baseDigest: text('base_digest'),
    receipt: text().notNull().unique(),
    preview: text().notNull().unique(),
    origin: text({ enum: ['stranger', 'follow', 'rollback'] }).notNull(),
    undoes: integer(),
    contact: text(),
    at: text().notNull(),
    changedAt: text('changed_at').notNull(),
    holdUntil: text('hold_until'),
  },
  (table) => [
    index('submission_hold').on(table.holdUntil),
    index('submission_id').on(table.id, table.number),
    index('submission_state').on(table.state, table.number),
  ],
);

export const submissionCheck = sqliteTable(
  'submission_check',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    submission: integer().notNull(),
    name: text().notNull(),
    state: text({ enum: ['pending', 'running', 'passed', 'attention', 'failed', 'unknown'] }).notNull(),
    says: text().notNull(),
    items: text().notNull(),
    at: text().notNull(),
  },
  (table) => [uniqueIndex('submission_check_name').on(table.submission, table.name)],
);

export const formerDraft = sqliteTable(
  'former_draft',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    submission: integer().notNull(),
    json: text().notNull(),
    until: text().notNull(),
  },
  (table) => [index('former_draft_submission').on(table.submission, table.n)],
);

export const event = sqliteTable(
  'event',
  {
    n: integer().primaryKey({ autoIncrement: true }),
    submission: integer().notNull(),
    at: text().notNull(),
    actor: text({ enum: ['submitter', 'reviewer', 'admin', 'operator', 'mailatlas'] }).notNull(),
    who: text().notNull(),
    act: text().notNull(),
    fromState: text('from_state'),
    toState: text('to_state').notNull(),
    why: text().notNull(),
    confirmed: text().notNull(),
  },
  (table) => [index('event_submission').on(table.submission, table.n)],
);

export const day = sqliteTable(
  'day',
  {
    day: text().notNull(),
    status: text({ enum: ['unverified', 'verified', 'degraded', 'failing', 'dead'] }).notNull(),
    endpoints: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.status] })],
);
