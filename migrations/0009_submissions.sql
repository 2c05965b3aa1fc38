-- What strangers submit, what was found about it, and who decided what. Never rebuilt.
CREATE TABLE submission (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL,           -- checking | waiting | asked | published | exported | declined | withdrawn
  version INTEGER NOT NULL,      -- grows with every act: who acts says which version they have seen
  kind TEXT NOT NULL,            -- new | change | report | remove
  id TEXT NOT NULL,              -- the record it is about
  draft TEXT NOT NULL,           -- what it says now, as JSON; without record and reason once it is withdrawn
  base_digest TEXT,              -- of the record as it was served when the draft was last checked; null: there was none
  receipt TEXT NOT NULL UNIQUE,  -- SHA-256 of the submitter's secret, hex
  preview TEXT NOT NULL UNIQUE,  -- SHA-256 of the secret part of the preview's address, hex
  origin TEXT NOT NULL,          -- stranger | follow | rollback
  undoes INTEGER,                -- of a rollback: the revision
  contact TEXT,                  -- where its submitter wants to be written to; null as soon as it has ended
  at TEXT NOT NULL,              -- ISO 8601
  changed_at TEXT NOT NULL,      -- when its state, draft or hold last changed
  hold_until TEXT                -- accepted, and published then
) STRICT;
CREATE INDEX submission_state ON submission (state, number);
CREATE INDEX submission_id ON submission (id, number);
CREATE INDEX submission_hold ON submission (hold_until);

-- The newest result of each check of a submission.
CREATE TABLE submission_check (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  submission INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,           -- pending | running | passed | attention | failed | unknown
  says TEXT NOT NULL,            -- sentences by language, as JSON
  items TEXT NOT NULL,           -- details, as JSON
  at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX submission_check_name ON submission_check (submission, name);

-- What a submission said before its submitter said it anew.
CREATE TABLE former_draft (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  submission INTEGER NOT NULL,
  json TEXT NOT NULL,
  until TEXT NOT NULL
) STRICT;
CREATE INDEX former_draft_submission ON former_draft (submission, n);

-- Who did what, when and why: only added to.
CREATE TABLE event (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  submission INTEGER NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,           -- submitter | reviewer | admin | operator | mailatlas
  who TEXT NOT NULL,             -- the name of the token or of the operator's account; empty for strangers
  act TEXT NOT NULL,             -- submit, or one of src/submit/state.ts
  from_state TEXT,               -- null: it is the first
  to_state TEXT NOT NULL,
  why TEXT NOT NULL,             -- a sentence; may be empty
  confirmed TEXT NOT NULL        -- what a reviewer took upon themselves, as a JSON list
) STRICT;
CREATE INDEX event_submission ON event (submission, n);

CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;
-- INSERT OR REPLACE fires no DELETE trigger.
CREATE TRIGGER event_is_new BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE n = NEW.n) BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event BEGIN
  SELECT RAISE(ABORT, 'events are append-only');
END;
