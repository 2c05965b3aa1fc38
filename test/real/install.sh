#!/usr/bin/env bash
# Installs the Debian packages that the tests in test/real need. Does nothing where all of them are installed.
set -euo pipefail

packages=(thunderbird)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

if ((EUID != 0)) || [[ ! -e /etc/debian_version ]]; then
  echo "The tests in test/real need these Debian packages: ${missing[*]}" >&2
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
