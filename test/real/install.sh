#!/usr/bin/env bash
# Installs the Debian packages that the tests in test/real need. Does nothing where all of them are installed.
set -euo pipefail

packages=(
  thunderbird
  dovecot-imapd dovecot-pop3d dovecot-lmtpd postfix # mail servers
  knot                                              # DNS server
  libxml2-utils                                     # judges XML by a grammar
  nginx caddy                                       # reverse proxies
  chromium zbar-tools                               # shows pages, reads QR codes
  iproute2 nftables                                 # a network that drops and refuses
  libfaketime                                       # a clock that jumps
  curl git                                          # what people submit with, and commit with
)

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

# The tests start servers of their own. Those of the packages must not start: nobody asked for a mail server at port 25.
if [[ ! -e /usr/sbin/policy-rc.d ]]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
