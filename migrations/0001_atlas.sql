-- The atlas as rows, and its history. STRICT tables; both wrangler (D1) and src/store/migrate-node.ts apply these files.

-- Projection of data/ and overlays: may be rebuilt at any time.
CREATE TABLE provider (
  id TEXT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,          -- SHA-256 of the facts, hex
  json TEXT NOT NULL             -- the record
) STRICT;

CREATE TABLE domain (
  name TEXT NOT NULL PRIMARY KEY, -- mail domain or "*.…"
  provider TEXT,                  -- id of the record, or null where the domain is left out
  left_out TEXT                   -- the entry of left-out.yml, as JSON
) STRICT;
CREATE INDEX domain_provider ON domain (provider);

CREATE TABLE mx (
  pattern TEXT NOT NULL PRIMARY KEY, -- MX host or "*.…"
  provider TEXT,                     -- id of the record, or null where somebody handles mail for others
  other TEXT                         -- that somebody, as JSON
) STRICT;
CREATE INDEX mx_provider ON mx (provider);

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Never rebuilt: what was published here before data/ has it.
CREATE TABLE overlay (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,       -- the record it replaces, adds or (tombstone) removes
  base_digest TEXT,              -- digest of the facts in data/ that it was made from; null for a new record
  json TEXT,                     -- the record; null is a tombstone
  at TEXT NOT NULL               -- ISO 8601
) STRICT;

-- Never rebuilt, only added to: what changed here, when and why. Numbers belong to this database alone.
CREATE TABLE revision (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  id TEXT NOT NULL,
  old_digest TEXT,               -- null: the record is new
  new_digest TEXT,               -- null: the record is gone
  cause TEXT NOT NULL            -- load | overlay | rollback …
) STRICT;
CREATE INDEX revision_id ON revision (id, n);

CREATE TRIGGER revision_stays BEFORE UPDATE ON revision BEGIN
  SELECT RAISE(ABORT, 'revisions are append-only');
END;
-- INSERT OR REPLACE fires no DELETE trigger.
CREATE TRIGGER revision_is_new BEFORE INSERT ON revision WHEN EXISTS (SELECT 1 FROM revision WHERE n = NEW.n) BEGIN
  SELECT RAISE(ABORT, 'revisions are append-only');
END;
CREATE TRIGGER revision_is_kept BEFORE DELETE ON revision BEGIN
  SELECT RAISE(ABORT, 'revisions are append-only');
END;
