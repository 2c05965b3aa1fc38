#!/usr/bin/env bash
# The tests with real programs (Thunderbird, Delta Chat's core, Dovecot, Postfix, Knot DNS, nginx, Caddy, Chromium, nftables, libfaketime): installs what they need from Debian's
# packages (when it may), then runs them.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash test/real/install.sh
# The jumping clock is among the faults, and needs a package as well.
exec node --import ./test/quick-start.ts --test --test-concurrency=3 --test-reporter=spec 'test/real/**/*.test.ts' test/fault/clock.test.ts
