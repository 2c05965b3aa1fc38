-- How the servers of the records stood, day by day. Never rebuilt.

-- How many endpoints had which status when the day's last run was over; a day without a run has no rows.
CREATE TABLE day (
  day TEXT NOT NULL,             -- YYYY-MM-DD, UTC
  status TEXT NOT NULL,          -- unverified | verified | degraded | failing | dead
  endpoints INTEGER NOT NULL,
  PRIMARY KEY (day, status)
) STRICT;
