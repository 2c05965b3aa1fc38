-- What whoever follows a record is told. Never rebuilt.

-- The record as it was before a revision; null: it was new, or nobody kept it (revisions made before there was this column).
ALTER TABLE revision ADD COLUMN replaced TEXT;

-- How statuses moved: the newest of each endpoint (src/store/seen/transitions.ts).
CREATE TABLE transition (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  endpoint TEXT NOT NULL,
  at TEXT NOT NULL,              -- ISO 8601: since when it has the new status
  from_status TEXT NOT NULL,
  to_status TEXT NOT NULL,
  reason TEXT NOT NULL           -- a code, or: ok | unsteady | stale
) STRICT;
CREATE INDEX transition_endpoint ON transition (endpoint, n);
