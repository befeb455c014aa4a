/** What is safe: `full` survives the loss of power; `process` survives the death of any process, and writes faster. */
export type Durability = 'full' | 'process';

/** The superuser of every node. */
export const adminName = 'postgres';

/** The superuser's URL of a node, database `postgres`. */
export const adminUrl = (port: number, password: string): string =>
  `postgresql://${adminName}:${password}@127.0.0.1:${port}/postgres`;

/** Of a replica: whom it follows, and as whom. */
export type Upstream = { readonly port: number; readonly password: string; readonly slot: string };

/**
 * Values that a primary writes into its control file. A standby with a lower one refuses to start, so they are the same
 * everywhere, given to initdb already, and never lowered.
 */
const recorded = {
  max_connections: '100',
  max_worker_processes: '4',
  max_wal_senders: '10',
  max_prepared_transactions: '0',
  max_locks_per_transaction: '64',
};

/** The arguments of initdb for a new primary. Syncing to disk is left to the caller, after copies were made. */
export const initdbArgs = (directory: string, passwordFile: string): readonly string[] => {
  const data = ['-D', directory, '-U', adminName, '-A', 'scram-sha-256', '--pwfile', passwordFile];
  const text = ['-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
  const settings = Object.entries(recorded).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [...data, ...text, '--no-sync', '--no-instructions', '--wal-segsize=1', ...settings];
};

/** The whole postgresql.conf of a node. It is written anew at every start; `ALTER SYSTEM` still wins over it. */
export const postgresConf = (port: number, durability: Durability, upstream?: Upstream): string => {
  const settings: Record<string, string> = {
    ...recorded,
    listen_addresses: '127.0.0.1',
    port: String(port),
    // TCP alone: the path of a socket would have to be short and reachable for both accounts.
    unix_socket_directories: '',
    shared_buffers: '32MB',
    // Spares three workers per node.
    io_method: 'sync',
    wal_level: 'replica',
    wal_writer_delay: '10ms',
    wal_keep_size: '16MB',
    max_replication_slots: '10',
    max_slot_wal_keep_size: '256MB',
    min_wal_size: '32MB',
    max_wal_size: '512MB',
    hot_standby_feedback: 'on',
    wal_receiver_status_interval: '1s',
    wal_retrieve_retry_interval: '200ms',
    fsync: durability === 'full' ? 'on' : 'off',
    full_page_writes: durability === 'full' ? 'on' : 'off',
    // On even without fsync: the other way, the WAL writer would delay replicas by up to 300 ms.
    synchronous_commit: 'on',
    jit: 'off',
    autovacuum_max_workers: '1',
    max_parallel_workers: '0',
    max_logical_replication_workers: '0',
    log_min_messages: 'warning',
    timezone: 'UTC',
    log_timezone: 'UTC',
    default_text_search_config: 'pg_catalog.english',
    ...(upstream === undefined ? {} : following(upstream)),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${quoted(value)}\n`)
    .join('');
};

const following = ({ port, password, slot }: Upstream): Record<string, string> => ({
  primary_conninfo: `host=127.0.0.1 port=${port} user=${adminName} password=${password} application_name=${slot} connect_timeout=3`,
  primary_slot_name: slot,
});

const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
