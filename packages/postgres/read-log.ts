import type { LoggedEvent, LogPage, StoredEvent } from '@saas/event-sourcing';
import type { TenantId } from '@saas/kernel';
import type { RawTx } from './database-node.ts';
import { storedEvent, type EventRow } from './read-streams.ts';

type LogRow = EventRow & { readonly tenant_id: TenantId; readonly position: number };

/**
 * A page of a shard's log, in the form that is kept; `decodeLogged` makes today's form of it. For a transaction that sees
 * every tenant.
 */
export const readLogPage = async (
  tx: RawTx,
  { after, upTo, limit }: LogPage,
): Promise<readonly (StoredEvent & Pick<LoggedEvent, 'position'>)[]> => {
  const rows = await tx.$queryRaw<LogRow[]>`
    SELECT position::float8 AS position, tenant_id, stream_id, version, event_id, type, schema_version, data, metadata,
      recorded_at
    FROM events WHERE position > ${after}::bigint AND position <= ${upTo}::bigint
    ORDER BY events.position LIMIT ${limit}`;
  return rows.map((row) => ({ ...storedEvent(row, row.tenant_id), position: row.position }));
};
