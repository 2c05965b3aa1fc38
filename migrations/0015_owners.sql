-- Whose server an endpoint is (its registrable domain): only one holder of leases calls an owner at a time, from wherever,
-- and lets them rest before another one does. Null until the next listing.
ALTER TABLE status ADD COLUMN owner TEXT;
ALTER TABLE watch ADD COLUMN owner TEXT;
CREATE INDEX watch_owner ON watch (owner) WHERE lease_by IS NOT NULL;
