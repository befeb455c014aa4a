#!/bin/sh
# collect.sh SOURCE TARGET: what runs, out of a built source tree, for the workspaces that TARGET's packages link to:
# compiled code without tests, schemas, migrations, GraphiQL and the composed supergraph.
set -eu
source="$1"
target="$2"

compiled() {
  mkdir -p "$target/$1"
  (cd "$source/$1" && find . -type f -name '*.js' ! -name '*.test.js' ! -path '*/testing/*' -print) |
    while read -r file; do
      mkdir -p "$target/$1/$(dirname "$file")"
      cp "$source/$1/$file" "$target/$1/$file"
    done
}

for link in "$target"/node_modules/@saas/*; do
  workspace="$(readlink "$link")"
  workspace="${workspace#../../}"
  compiled "$workspace/dist"
  for file in schema.graphql assets migrations; do
    if [ -e "$source/$workspace/$file" ]; then cp -R "$source/$workspace/$file" "$target/$workspace/"; fi
  done
done

cp "$source/supergraph.graphql" "$source/deploy/image/healthcheck.js" "$target/"
# By this file a script knows the folder "prisma".
cp "$source/prisma/event-store.prisma" "$target/prisma/"
# The scripts that production runs (db-migrate, dlq, projections, erase), and what they import besides packages.
mkdir -p "$target/scripts/dist"
cp "$source/scripts/package.json" "$target/scripts/"
for name in db-migrate dlq projections erase \
  dead-letter-desks dlq-commands dlq-text erase-as-owner erase-text local.config migration.config operator-databases \
  paint progress projections-text read-dotenv read-model-desks service-folder; do
  cp "$source/scripts/dist/$name.js" "$target/scripts/dist/"
done
# Workspaces that are installed for nobody.
rm -rf "$target/tests" "$target/bench" "$target/packages/local-stack"
