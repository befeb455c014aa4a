#!/bin/sh
# Runs Redis with the password of its environment, which no list of processes shows. Arguments go to redis-server.
set -eu
: "${REDIS_PASSWORD:?}"
umask 077
settings="${TMPDIR:-/tmp}/redis.conf"
# What is kept here says which sessions were ended: it must not be evicted, and it outlives a restart.
cat > "$settings" <<SETTINGS
requirepass $REDIS_PASSWORD
appendonly yes
appendfsync everysec
maxmemory 192mb
maxmemory-policy noeviction
SETTINGS
exec redis-server "$settings" "$@"
