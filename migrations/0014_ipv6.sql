-- How a host's IPv6 addresses fared: answers | silent (only IPv4 answered) | alone (it has no other, and none answered); null:
-- it has none, or nobody can tell. Where nobody's answer in a run, it is the verifier that has no IPv6.
ALTER TABLE "check" ADD COLUMN ipv6 TEXT;
