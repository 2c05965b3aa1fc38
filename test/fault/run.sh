#!/usr/bin/env bash
# The faults, one file after another, so that none disturbs the numbers of another: briefly, or with --full as docs/faults.md
# tells of them (half an hour). Names of tests may follow: npm run test:fault -- --full kill disk
set -euo pipefail
cd "$(dirname "$0")/../.."
files=()
for word in "$@"; do
  case $word in
    --full) export MAILATLAS_FAULT=full ;;
    *) files+=("test/fault/$word.test.ts") ;;
  esac
done
((${#files[@]})) || files=(test/fault/*.test.ts)
# Ten thousand connections of ours have two ends. For this process and its children alone.
ulimit -n "$(ulimit -H -n)" || true
exec node --import ./test/quick-start.ts --test --test-concurrency=1 --test-reporter=spec "${files[@]}"
