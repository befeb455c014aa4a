#!/bin/sh
# manifests.sh SOURCE TARGET: what `npm ci` reads, and nothing else. An image layer made from it changes only when a
# dependency does.
set -eu
source="$1"
target="$2"
mkdir -p "$target"
cp "$source/package.json" "$source/package-lock.json" "$source/.npmrc" "$target/"
for manifest in "$source"/gateway/package.json "$source"/scripts/package.json "$source"/tests/package.json \
  "$source"/bench/package.json "$source"/packages/*/package.json "$source"/prisma/*/package.json \
  "$source"/subgraphs/*/package.json; do
  folder="$(dirname "${manifest#"$source"/}")"
  mkdir -p "$target/$folder"
  cp "$manifest" "$target/$folder/"
done
