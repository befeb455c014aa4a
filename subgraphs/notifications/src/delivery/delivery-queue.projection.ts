import type { RecordedEvent } from '@saas/event-sourcing';
import type { InlineProjection } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-notifications';
import type { NotificationEvent } from '../notification/notification.events.ts';
import { notificationIdOf } from '../notification/notification.values.ts';
import { deliveryIdOf, dueAt, type DeliveryChannel } from './delivery.values.ts';

type Tx = Prisma.TransactionClient;
type Creation = Extract<NotificationEvent, { readonly type: 'NotificationWasCreated' }>;

/** A notification on one of its ways out; times are ISO-8601 texts. */
type Outgoing = {
  readonly notificationId: string;
  readonly deliveryId: string;
  readonly tenantId: string;
  readonly recipientId: string;
  readonly channel: DeliveryChannel;
  readonly isGathered: boolean;
  readonly at: string;
  readonly dueAt: string;
};

/**
 * Queues what has to go out, in the transaction in which the notification is made: neither is ever there alone.
 *
 * It is no read model. What was sent cannot be sent anew, so the queue is never rebuilt from the events.
 */
export const deliveryQueue: InlineProjection<Tx> = {
  name: 'delivery-queue',
  apply: async (events, tx) => {
    const outgoing = events.filter(isCreation).flatMap(outgoingOf);
    const single = outgoing.filter(({ isGathered }) => !isGathered);
    const gathered = outgoing.filter(({ isGathered }) => isGathered);
    if (single.length > 0) await queue(tx, single);
    if (gathered.length > 0) await gather(tx, gathered);
  },
};

const isCreation = (event: RecordedEvent): event is RecordedEvent<Creation> =>
  event.type === 'NotificationWasCreated';

const outgoingOf = ({ stream, tenantId, data }: RecordedEvent<Creation>): readonly Outgoing[] => {
  const notificationId = notificationIdOf(stream);
  const { recipientId, channels = [], digest = 'IMMEDIATELY', at } = data;
  const common = { notificationId, tenantId, recipientId, at };
  return channels.flatMap((channel) => {
    if (channel === 'IN_APP') return [];
    const window = channel === 'EMAIL' ? digest : 'IMMEDIATELY';
    const isGathered = window !== 'IMMEDIATELY';
    const deliveryId = deliveryIdOf(notificationId, channel);
    return [{ ...common, channel, deliveryId, isGathered, dueAt: dueAt(at, window) }];
  });
};

const queue = async (tx: Tx, outgoing: readonly Outgoing[]): Promise<void> => {
  await tx.$executeRaw`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(outgoing)}::jsonb) AS r("notificationId" text,
        "deliveryId" text, "tenantId" text, "recipientId" text, channel text, at timestamptz, "dueAt" timestamptz)
    ), queued AS (
      INSERT INTO deliveries (delivery_id, tenant_id, recipient_id, channel, state, due_at, created_at)
      SELECT "deliveryId", "tenantId", "recipientId", channel, 'waiting', "dueAt", at FROM input
    )
    INSERT INTO delivery_items (notification_id, channel, delivery_id, tenant_id)
    SELECT "notificationId", channel, "deliveryId", "tenantId" FROM input`;
};

/**
 * Joins the digest that gathers, or begins one. The digest's row is locked until the transaction ends, so it cannot go
 * out without what has just joined it; one that is being taken up makes us wait and then begin another.
 */
const gather = async (tx: Tx, outgoing: readonly Outgoing[]): Promise<void> => {
  // Sorted, so that two transactions never wait for each other.
  const firsts = [...new Map(outgoing.toReversed().map((each) => [each.recipientId, each])).values()];
  const rows = await tx.$queryRaw<{ recipient_id: string; channel: string; delivery_id: string }[]>`
    INSERT INTO deliveries (delivery_id, tenant_id, recipient_id, channel, state, due_at, created_at)
    SELECT "deliveryId", "tenantId", "recipientId", channel, 'gathering', "dueAt", at
    FROM jsonb_to_recordset(${JSON.stringify(firsts)}::jsonb) AS r("deliveryId" text, "tenantId" text,
      "recipientId" text, channel text, at timestamptz, "dueAt" timestamptz)
    ORDER BY "recipientId"
    ON CONFLICT (tenant_id, recipient_id, channel) WHERE state = 'gathering'
      DO UPDATE SET due_at = least(deliveries.due_at, excluded.due_at)
    RETURNING recipient_id, channel, delivery_id`;
  const digestOf = new Map(rows.map((row) => [row.recipient_id, row.delivery_id]));
  const items = outgoing.map((each) => ({ ...each, deliveryId: digestOf.get(each.recipientId) }));
  await tx.$executeRaw`
    INSERT INTO delivery_items (notification_id, channel, delivery_id, tenant_id)
    SELECT "notificationId", channel, "deliveryId", "tenantId"
    FROM jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
      AS r("notificationId" text, channel text, "deliveryId" text, "tenantId" text)`;
};
