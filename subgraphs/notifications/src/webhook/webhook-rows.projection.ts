import type { RecordedEvent } from '@saas/event-sourcing';
import type { InlineProjection } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-notifications';
import { erasedRecipients } from '../recipient/erased-recipients.projection.ts';
import type { WebhookEvent } from './webhook.events.ts';

/**
 * Takes a webhook's row into use in the transaction of its event, and deletes those that it replaces. It is no read model: where
 * a webhook leads stands in the row alone, so that it can be forgotten.
 */
export const webhookRows: InlineProjection<Prisma.TransactionClient> = {
  name: 'webhook-rows',
  apply: async (events, tx) => {
    for (const { type, data, tenantId, version } of events.filter(isOurs)) {
      const hookId = type === 'WebhookWasSet' ? data.hookId : '';
      const { by: userId } = data;
      await tx.webhook.updateMany({ where: { tenantId, userId, hookId }, data: { isInUse: true, version } });
      await tx.webhook.deleteMany({ where: { tenantId, userId, hookId: { not: hookId }, isInUse: true } });
    }
    // In use or about to be: where it leads is the person's own.
    for (const where of erasedRecipients(events)) await tx.webhook.deleteMany({ where });
  },
};

const isOurs = (event: RecordedEvent): event is RecordedEvent<WebhookEvent> =>
  event.type === 'WebhookWasSet' || event.type === 'WebhookWasRemoved';
