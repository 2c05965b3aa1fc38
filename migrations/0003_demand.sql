-- What many networks ask for and nobody answers, for curators. Never rebuilt; src/lookup/demand.ts says what may get here.
CREATE TABLE demand (
  name TEXT NOT NULL PRIMARY KEY,
  as_domain INTEGER NOT NULL,    -- how often it was asked for as a mail domain
  as_mx INTEGER NOT NULL,        -- how often an unknown domain's mail went to hosts below it
  since TEXT NOT NULL,           -- ISO 8601
  last TEXT NOT NULL
) STRICT;
