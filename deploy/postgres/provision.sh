#!/bin/sh
# Brings the roles, databases and replication slots of every primary up to date; see provision.sql.
# PRIMARIES: URLs of the superuser, without a password, parted by spaces. REPLICAS: names of slots, parted by commas.
set -eu
: "${PRIMARIES:?}" "${REPLICAS:?}" "${POSTGRES_PASSWORD:?}" "${REPLICATION_PASSWORD:?}" "${DATABASE_OWNER_PASSWORD:?}"
: "${DATABASE_PASSWORD_USERS:?}" "${DATABASE_PASSWORD_PROJECTS:?}" "${DATABASE_PASSWORD_NOTIFICATIONS:?}"
export PGPASSWORD="$POSTGRES_PASSWORD" PGCONNECT_TIMEOUT=10
here="$(dirname "$0")"
for primary in $PRIMARIES; do
  psql --no-psqlrc --dbname "$primary" --file "$here/provision.sql"
  echo "$primary is provisioned"
done
