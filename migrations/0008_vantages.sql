-- Several places to look from. What each makes of an endpoint is its own (watch); the status is what they say together.

-- Who looks, from where: this machine (local), or an agent elsewhere.
CREATE TABLE vantage (
  name TEXT NOT NULL PRIMARY KEY,
  seen_at TEXT NOT NULL          -- when it last asked for work
) STRICT;
INSERT INTO vantage (name, seen_at) SELECT vantage, max(started) FROM run GROUP BY vantage;

-- One endpoint as one vantage sees it, and when it looks again.
CREATE TABLE watch (
  endpoint TEXT NOT NULL,
  vantage TEXT NOT NULL,
  state TEXT,                    -- what the state machine remembers, as JSON; null before the first check
  applied INTEGER NOT NULL,      -- the newest check that is in it; 0: none
  due_at TEXT,                   -- null: no record names the endpoint any more
  lease_until TEXT,              -- somebody is looking at it until then
  lease_by TEXT,
  PRIMARY KEY (vantage, endpoint)
) STRICT;
CREATE INDEX watch_due ON watch (vantage, due_at);
CREATE INDEX watch_endpoint ON watch (endpoint);
CREATE INDEX watch_lease ON watch (lease_by) WHERE lease_by IS NOT NULL;
INSERT INTO watch (endpoint, vantage, state, applied, due_at)
  SELECT endpoint, 'local', json_remove(state, '$.vantages'), applied, due_at FROM status;

-- What is told. `applied` is from now on the sum over the vantages: another sum means that something is untold.
DROP INDEX status_due;
ALTER TABLE status ADD COLUMN listed_at TEXT; -- since when records name it; null: none does
UPDATE status SET listed_at = since WHERE due_at IS NOT NULL;
ALTER TABLE status DROP COLUMN state;
ALTER TABLE status DROP COLUMN due_at;
ALTER TABLE status DROP COLUMN lease_until;
ALTER TABLE status DROP COLUMN lease_by;

-- Verified servers of others that a run in doubt asks: endpoints, with spaces between them. Null: it did not ask.
ALTER TABLE run ADD COLUMN witnesses TEXT;
