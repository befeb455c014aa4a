#!/bin/sh
# Runs a streaming replica; with an empty volume it copies its primary first. Arguments go to postgres.
# PRIMARY: host of the primary. PRIMARY_PORT: 5432 unless set. SLOT: this replica's slot, made by provision.sql.
set -eu
: "${PGDATA:?}" "${PRIMARY:?}" "${SLOT:?}" "${REPLICATION_PASSWORD:?}"
umask 077
# Read at every connection, and written at every start: a new password needs a restart, not a new copy.
passfile="${TMPDIR:-/tmp}/replication.pgpass"
printf '*:*:*:replicator:%s\n' "$(printf '%s' "$REPLICATION_PASSWORD" | sed 's/[:\\]/\\&/g')" > "$passfile"

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Half a copy of an earlier attempt is of no use.
  rm -rf "$PGDATA" "$PGDATA.copy"
  mkdir -p "$(dirname "$PGDATA")"
  pg_basebackup --pgdata "$PGDATA.copy" --slot "$SLOT" --wal-method stream --checkpoint fast --write-recovery-conf \
    --dbname "host=$PRIMARY port=${PRIMARY_PORT:-5432} user=replicator passfile=$passfile application_name=$SLOT connect_timeout=10"
  mv "$PGDATA.copy" "$PGDATA"
fi
exec postgres "$@"
