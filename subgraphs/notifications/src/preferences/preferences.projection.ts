import type { RecordedEvent } from '@saas/event-sourcing';
import type { ReadModel } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-notifications';
import { erasedRecipients } from '../recipient/erased-recipients.projection.ts';
import type { PreferencesEvent } from './preferences.events.ts';

/**
 * Keeps what people have chosen, one row for each cell of the matrix that they ever touched; any number of choices by one
 * statement.
 */
export const preferencesProjection: ReadModel<Prisma.TransactionClient> = {
  name: 'preferences-1',
  tables: ['notification_preferences'],
  apply: async (events, tx) => {
    const cells = new Map<string, Cell>();
    for (const { data, version, tenantId } of events.filter(isOurs)) {
      const { kind, channel, enabled, by: userId, at } = data;
      const key = [userId, kind, channel].join(' ');
      const createdAt = cells.get(key)?.createdAt ?? at;
      cells.set(key, { tenantId, userId, kind, channel, enabled, version, createdAt, updatedAt: at });
    }
    if (cells.size > 0) await saveCells(tx, [...cells.values()]);
    for (const where of erasedRecipients(events)) await tx.notificationPreference.deleteMany({ where });
  },
};

type Choice = Extract<PreferencesEvent, { readonly type: 'NotificationPreferenceWasChanged' }>;

const isOurs = (event: RecordedEvent): event is RecordedEvent<Choice> =>
  event.type === 'NotificationPreferenceWasChanged';

type Cell = Omit<Prisma.NotificationPreferenceCreateManyInput, 'createdAt' | 'updatedAt'> & {
  readonly createdAt: string;
  readonly updatedAt: string;
};

const saveCells = (tx: Prisma.TransactionClient, cells: readonly Cell[]): Promise<number> => tx.$executeRaw`
  INSERT INTO notification_preferences
    (tenant_id, user_id, kind, channel, enabled, version, created_at, updated_at)
  SELECT c."tenantId", c."userId", c.kind, c.channel, c.enabled, c.version, c."createdAt", c."updatedAt"
  FROM jsonb_to_recordset(${JSON.stringify(cells)}::jsonb) AS c("tenantId" text, "userId" text, kind text,
    channel text, enabled boolean, version int, "createdAt" timestamptz, "updatedAt" timestamptz)
  ON CONFLICT (user_id, kind, channel) DO UPDATE SET enabled = excluded.enabled, version = excluded.version,
    updated_at = excluded.updated_at`;
