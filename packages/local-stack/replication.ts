import type { Client } from 'pg';
import { withSession } from './admin-session.ts';
import { localStackErrors } from './local-stack.errors.ts';
import { waitUntil } from './wait-until.ts';

/** The name of a replica's slot, which is also the name it gives itself to its primary. */
export const slotOf = (index: number): string => `replica_${index}`;

/** The slots that still hold all that their replica may ask for. */
export const usableSlots = async (primary: Client): Promise<ReadonlySet<string>> => {
  const { rows } = await primary.query<{ slot_name: string }>(
    `SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'physical' AND wal_status IS DISTINCT FROM 'lost'`,
  );
  return new Set(rows.map((row) => row.slot_name));
};

/** Creates the slot, in place of an earlier one of the same name. From now on the primary keeps its log for the replica. */
export const renewSlot = async (primary: Client, slot: string): Promise<void> => {
  await dropSlot(primary, slot);
  await primary.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
};

/** Drops the slot if there is one, and the connection that uses it. */
export const dropSlot = async (primary: Client, slot: string): Promise<void> => {
  const isGone = async () => {
    await primary.query(
      'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active',
      [slot],
    );
    await primary.query(
      'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active',
      [slot],
    );
    const { rowCount } = await primary.query('SELECT 1 FROM pg_replication_slots WHERE slot_name = $1', [
      slot,
    ]);
    return rowCount === 0;
  };
  await waitUntil(`slot ${slot} to be free`, isGone);
};

/**
 * Waits until these replicas stream, and have replayed all that the primary has written up to now.
 *
 * @throws {AppError} `REPLICA_BEHIND` when one has not after `timeoutMs` milliseconds.
 */
export const untilStreaming = async (
  primary: Client,
  slots: readonly string[],
  timeoutMs: number,
): Promise<void> => {
  const { rows } = await primary.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn');
  const written = rows[0]?.lsn;
  const areThere = async () => {
    const { rowCount } = await primary.query(
      `SELECT DISTINCT application_name FROM pg_stat_replication
       WHERE application_name = ANY($1) AND state = 'streaming' AND replay_lsn >= $2`,
      [slots, written],
    );
    return rowCount === slots.length;
  };
  await waitUntil('replicas to catch up', areThere, { timeoutMs }).catch((cause: unknown) => {
    throw localStackErrors.REPLICA_BEHIND({ replicas: slots.join(', '), timeoutMs }, cause);
  });
};

/**
 * Waits until the replicas at these URLs have replayed all that the primary has written up to now. Needs no more than
 * URLs, so that it works from any process.
 *
 * @throws {AppError} `REPLICA_BEHIND` when one has not after `timeoutMs` milliseconds.
 */
export const waitUntilReplayed = async (
  { primary, replicas }: { readonly primary: string; readonly replicas: readonly string[] },
  timeoutMs = 20_000,
): Promise<void> => {
  const written = await withSession(primary, async (session) => {
    const { rows } = await session.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn');
    return rows[0]?.lsn;
  });
  const replay = (replica: string) =>
    withSession(replica, async (session) => {
      const hasReplayed = async () => {
        const { rows } = await session.query<{ done: boolean }>(
          'SELECT pg_last_wal_replay_lsn() >= $1 AS done',
          [written],
        );
        return rows[0]?.done === true;
      };
      await waitUntil('a replica to catch up', hasReplayed, { timeoutMs, intervalMs: 5 }).catch(
        (cause: unknown) => {
          throw localStackErrors.REPLICA_BEHIND({ timeoutMs }, cause);
        },
      );
    });
  await Promise.all(replicas.map(replay));
};

/** Stops a replica from showing anything newer, until `resumeReplay`. Resolves when it has stopped. For tests. */
export const pauseReplay = (replica: string): Promise<void> =>
  withSession(replica, async (session) => {
    await session.query('SELECT pg_wal_replay_pause()');
    const isPaused = async () => {
      const { rows } = await session.query<{ state: string }>(
        'SELECT pg_get_wal_replay_pause_state() AS state',
      );
      return rows[0]?.state === 'paused';
    };
    await waitUntil('replay to pause', isPaused, { intervalMs: 5 });
  });

/** Lets a replica go on; it catches up by itself. For tests. */
export const resumeReplay = (replica: string): Promise<void> =>
  withSession(replica, async (session) => {
    await session.query('SELECT pg_wal_replay_resume()');
  });
