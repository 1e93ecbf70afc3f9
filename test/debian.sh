#!/usr/bin/env bash
# Installs Debian packages by name, those that are missing: `test/debian.sh strace chromium`.
set -euo pipefail
missing=()
for name in "$@"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] || missing+=("$name")
done
[ ${#missing[@]} -eq 0 ] && exit 0
as_root=$([ "$(id -u)" = 0 ] || echo sudo)
echo "== installing ${missing[*]}" >&2
# A mirror may be slow for a moment, and another installation may hold the lock for a while.
patient=(-o Acquire::Retries=5 -o DPkg::Lock::Timeout=600)
$as_root apt-get "${patient[@]}" update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get "${patient[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
