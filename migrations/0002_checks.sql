-- What machines saw: checks of endpoints, what they say together, and the runs in which they were made. Never rebuilt.
-- Instants are ISO 8601 in UTC with milliseconds, so that they compare as text.

-- One probe of one endpoint, judged. Bounded: src/store/seen/checks.ts says which rows and which evidence are kept.
CREATE TABLE "check" (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  endpoint TEXT NOT NULL,        -- imap://imap.mail.example:993?security=tls
  at TEXT NOT NULL,              -- when the probe began
  vantage TEXT NOT NULL,         -- who looked, from where
  run INTEGER,                   -- the run it belongs to, or null
  code TEXT NOT NULL,            -- of the verdict: ok, or what is wrong
  outcome TEXT NOT NULL,         -- works | fails | inconclusive
  warnings TEXT NOT NULL,        -- codes, with spaces between them
  says TEXT NOT NULL,            -- the verdict in a sentence
  ms INTEGER NOT NULL,           -- how long the probe took
  cert_days INTEGER,             -- until the certificate ends; null where none was seen
  changed INTEGER NOT NULL,      -- 1: another code than the check before
  evidence TEXT                  -- everything that was seen, as JSON: of the last probe and of each change
) STRICT;
CREATE INDEX check_endpoint ON "check" (endpoint, n);
CREATE INDEX check_run ON "check" (run, n);

-- What the checks of an endpoint say together, and when it is looked at next.
CREATE TABLE status (
  endpoint TEXT NOT NULL PRIMARY KEY,
  status TEXT NOT NULL,          -- unverified | verified | degraded | failing | dead
  reason TEXT NOT NULL,          -- a code, or: new | unsteady | stale
  since TEXT NOT NULL,
  checked_at TEXT,               -- the newest conclusive check
  stale_at TEXT,                 -- from then on the status is worth nothing, unless there is a newer check
  state TEXT,                    -- what the state machine remembers, as JSON; null before the first check
  applied INTEGER NOT NULL,     -- the newest check that is in it
  due_at TEXT,                   -- null: no record names the endpoint any more
  lease_until TEXT,              -- somebody is looking at it until then
  lease_by TEXT
) STRICT;
CREATE INDEX status_due ON status (due_at);

-- A run: many checks by one verifier, held together because most of them failing says something of the verifier.
CREATE TABLE run (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  by TEXT NOT NULL UNIQUE,       -- who holds the leases of this run
  vantage TEXT NOT NULL,
  started TEXT NOT NULL,
  alive_until TEXT NOT NULL,     -- whoever made it says so from time to time; later than that it was abandoned
  ended TEXT,                    -- null: its checks have not moved every status yet
  planned INTEGER NOT NULL,      -- endpoints
  done INTEGER NOT NULL,         -- checks
  verdict TEXT,                  -- sound | inconclusive
  reason TEXT                    -- why it is inconclusive, in a sentence
) STRICT;
CREATE INDEX run_ended ON run (ended, n);

-- Hosts and registrable domains that leave every format at once; only a person lifts it.
CREATE TABLE quarantine (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  at TEXT NOT NULL,
  why TEXT NOT NULL,             -- a sentence
  by TEXT NOT NULL,
  lifted_at TEXT,
  lifted_by TEXT
) STRICT;
CREATE UNIQUE INDEX quarantine_open ON quarantine (name) WHERE lifted_at IS NULL;

-- Who answers for a registrable domain: all of them changing at once may mean that it changed hands.
CREATE TABLE name_servers (
  domain TEXT NOT NULL PRIMARY KEY,
  hosts TEXT NOT NULL,           -- sorted, with spaces between them
  at TEXT NOT NULL
) STRICT;
