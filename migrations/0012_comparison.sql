-- What domains publish about their mail, held against our records. Never rebuilt. Instants are ISO 8601.

-- One look. Bounded: src/store/seen/comparisons.ts says which rows are kept.
CREATE TABLE comparison (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  domain TEXT NOT NULL,
  record TEXT NOT NULL,          -- id of the record
  digest TEXT NOT NULL,          -- of the record's facts
  at TEXT NOT NULL,
  verdict TEXT NOT NULL,         -- agrees | differs | nothing | unknown
  differences TEXT NOT NULL,     -- rows of the comparison that are not the same on both sides, as JSON
  sources TEXT NOT NULL,         -- where it was published, as JSON
  changed INTEGER NOT NULL       -- 1: another result than the newest one before that was conclusive
) STRICT;
CREATE INDEX comparison_domain ON comparison (domain, n);
CREATE INDEX comparison_record ON comparison (record, n);

-- Domains that are asked, when next, and who is asking now.
CREATE TABLE publication (
  domain TEXT NOT NULL PRIMARY KEY,
  record TEXT NOT NULL,
  digest TEXT NOT NULL,          -- of the facts that it is to be held against
  due_at TEXT NOT NULL,
  lease_until TEXT,
  lease_by TEXT
) STRICT;
CREATE INDEX publication_due ON publication (due_at);
