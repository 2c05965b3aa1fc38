-- How verification feeds back: what other instances have seen, and since when a domain is missing. Never rebuilt.

-- A registrable domain was not there, for the first time since it was last seen; null: it is.
ALTER TABLE name_servers ADD COLUMN missing_since TEXT;

-- What another instance says of an endpoint: told where our own verifier has nothing to say. It moves no status of ours.
CREATE TABLE heard (
  endpoint TEXT NOT NULL PRIMARY KEY,
  vantage TEXT NOT NULL,         -- the host of the instance that looked
  status TEXT NOT NULL,          -- verified | degraded | failing | dead
  reason TEXT NOT NULL,          -- a code
  since TEXT NOT NULL,
  checked_at TEXT NOT NULL,      -- its newest conclusive check
  stale_at TEXT NOT NULL,        -- from then on it is worth nothing
  heard_at TEXT NOT NULL         -- when we asked
) STRICT;
