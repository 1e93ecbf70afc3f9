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
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
