-- Digest of the record as the provider's own file would have it, where the record follows that file and it says otherwise:
-- what is the same on two looks a day apart is proposed to the reviewers.
ALTER TABLE comparison ADD COLUMN proposal TEXT;
