#!/bin/sh
# install-production.sh FOLDER: in a folder made by manifests.sh, installs the packages that the gateway and the services
# need to run, then drops what can never run on PostgreSQL or is only read by compilers and debuggers.
set -eu
cd "$1"
# No package of these needs an install script.
npm ci --omit=dev --ignore-scripts --workspace gateway \
  --workspace subgraphs/users --workspace subgraphs/projects --workspace subgraphs/notifications
# An optional peer of Prisma's client, for its types alone.
rm -rf node_modules/typescript node_modules/@typescript
runtime=node_modules/@prisma/client/runtime
# The generated clients import the fast compiler for PostgreSQL, as an ES module.
find "$runtime" -name 'query_compiler_*' ! -name 'query_compiler_fast_bg.postgresql.*' -delete
find "$runtime" -name 'query_compiler_*.js' -delete
find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
