-- What a store that is too large for memory is asked by key. Where it was loaded before, the next load fills it in.

-- The registrable domain of the pattern (or its host, where that is a public suffix): no name above it stands for MX hosts.
ALTER TABLE mx ADD COLUMN owner TEXT;
CREATE INDEX mx_owner ON mx (owner);

-- Records that had another id once. Not `json ->> …`: a long record is written in pieces, which are no JSON until the last.
CREATE INDEX provider_renamed ON provider (id) WHERE instr(json, '"formerly":') > 0;
