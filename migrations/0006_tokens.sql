-- Who may review submissions, and which agents may report. Rows stay: the history of submissions names them.
CREATE TABLE token (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,            -- of a person or an agent, in the history of what was decided
  role TEXT NOT NULL,            -- reviewer | admin | agent
  hash TEXT NOT NULL,            -- SHA-256 of the secret, hex
  created TEXT NOT NULL,         -- ISO 8601
  last_used TEXT,                -- the day, and no more of it: it is there to find tokens that nobody needs
  revoked TEXT                   -- ISO 8601
) STRICT;
CREATE UNIQUE INDEX token_name ON token (name) WHERE revoked IS NULL;
