import type { NotificationId } from '@saas/kernel';
import type { NotificationsContext } from '../notifications.context.ts';
import type { DeliveryState } from './delivery.values.ts';
import type { DeliveryView } from './delivery-queue.queries.ts';

const statuses = {
  gathering: 'WAITING',
  waiting: 'WAITING',
  sending: 'WAITING',
  sent: 'SENT',
  failed: 'FAILED',
  withheld: 'WITHHELD',
} as const satisfies Readonly<Record<DeliveryState, string>>;

export const deliveryResolvers = {
  Notification: {
    deliveries: async ({ id }: { readonly id: NotificationId }, _: unknown, context: NotificationsContext) =>
      (await context.deliveriesByNotification.load(id)) ?? [],
  },

  NotificationDelivery: {
    status: ({ state }: DeliveryView) => statuses[state],
    dueAt: ({ settledAt, dueAt }: DeliveryView) => (settledAt === null ? dueAt : null),
    sentAt: ({ state, settledAt }: DeliveryView) => (state === 'sent' ? settledAt : null),
  },
};
