-- The newest sign-in with an operator's own account that worked. Nothing of the account: not even which one it was.
CREATE TABLE sign_in (
  endpoint TEXT NOT NULL PRIMARY KEY,
  at TEXT NOT NULL,              -- ISO 8601
  level TEXT NOT NULL            -- L3 (it took the password) | L4 (a message went through it, too)
) STRICT;
