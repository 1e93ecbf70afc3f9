#!/usr/bin/env bash
# Has ledgers of this product verified by a Go program that shares no code with it (golang.org/x/mod/sumdb).
# Installs Debian's golang-go and golang-golang-x-mod-dev when they are missing; takes about a minute.
set -euo pipefail
cd "$(dirname "$0")/../.."

gopath=/usr/share/gocode
test/debian.sh golang-go golang-golang-x-mod-dev

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
GO111MODULE=off GOPATH=$gopath GOFLAGS= GOCACHE=$folder/cache go build -o "$folder/verify" test/interop/verify.go
node_modules/.bin/esbuild test/interop/write-ledgers.ts --bundle --platform=node --format=esm \
  --log-level=error --outfile="$folder/write-ledgers.mjs"
node "$folder/write-ledgers.mjs" "$folder/ledgers" "$folder/verify"
