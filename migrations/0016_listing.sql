-- What a list of records is searched and filtered by, for an atlas that is not in memory: a short row to read in the place of
-- a long one. Part of the projection, written with the record.
CREATE TABLE listing (
  id TEXT NOT NULL PRIMARY KEY,
  names TEXT NOT NULL,           -- id and names in lower case without accents, each between bars
  facets TEXT NOT NULL           -- country, access and protocols, each between bars
) STRICT, WITHOUT ROWID;
