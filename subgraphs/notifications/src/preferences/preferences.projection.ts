import type { RecordedEvent } from '@saas/event-sourcing';
import type { InlineProjection } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-notifications';
import type { PreferencesEvent } from './preferences.events.ts';

/** Keeps what people have chosen, one row for each cell of the matrix that they ever touched. */
export const preferencesProjection: InlineProjection<Prisma.TransactionClient> = {
  name: 'preferences-1',
  apply: async (events, tx) => {
    for (const { data, version, tenantId } of events.filter(isOurs)) {
      const { kind, channel, enabled, by: userId, at } = data;
      await tx.notificationPreference.upsert({
        where: { userId_kind_channel: { userId, kind, channel }, tenantId },
        create: { tenantId, userId, kind, channel, enabled, version, createdAt: at, updatedAt: at },
        update: { enabled, version, updatedAt: at },
      });
    }
  },
};

const isOurs = (event: RecordedEvent): event is RecordedEvent<PreferencesEvent> =>
  event.type === 'NotificationPreferenceWasChanged';
