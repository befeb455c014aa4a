import { stateOf, type EventStore } from '@saas/event-sourcing';
import type { Clock, TenantId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-notifications';
import { notification } from '../notification/notification.decider.ts';
import type { NotificationEvent } from '../notification/notification.events.ts';
import { notificationStream, titleOf } from '../notification/notification.values.ts';
import { webhookErrors } from '../webhook/webhook.errors.ts';
import { webhookOf } from '../webhook/webhook.queries.ts';
import { signWebhook, webhookSecretOf, type SignedWebhook } from '../webhook/webhook.values.ts';
import type { Sender } from './delivering.process.ts';

type Options = {
  readonly store: Pick<EventStore, 'read'>;
  readonly database: {
    readPrimary<Result>(
      scope: { readonly tenantId: TenantId },
      work: (tx: Prisma.TransactionClient) => Promise<Result>,
    ): Promise<Result>;
  };
  /** What the secrets of webhooks are made from. */
  readonly key: string;
  readonly clock: Clock;
  readonly post: (url: string, webhook: SignedWebhook, signal: AbortSignal) => Promise<void>;
};

/** Sends a delivery to the address that its recipient's webhook has at this moment, signed anew with each attempt. */
export const webhookSender =
  ({ store, database, key, clock, post }: Options): Sender =>
  async ({ deliveryId, tenantId, recipientId, notificationIds }, signal) => {
    const webhook = await database.readPrimary({ tenantId }, (tx) => webhookOf(tx, tenantId, recipientId));
    if (!webhook) throw webhookErrors.WEBHOOK_NOT_SET();
    for (const id of notificationIds) {
      const [slice] = await store.read<NotificationEvent>(tenantId, [notificationStream(id)]);
      const told = stateOf(notification, slice ?? { events: [], version: 0 });
      if (told.status === 'absent') continue;
      const { kind, actorId, subject, createdAt: timestamp } = told;
      const data = { id, kind, title: titleOf(told), recipientId, actorId, subject };
      const body = JSON.stringify({ type: 'notification.created', timestamp, data });
      const secret = webhookSecretOf(key, webhook.hookId);
      await post(webhook.url, signWebhook(secret, deliveryId, clock.now(), body), signal);
    }
  };
