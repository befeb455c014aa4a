import type { NotificationId, TenantId, UserId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-notifications';
import type { DeliveryChannel, DeliveryState } from './delivery.values.ts';

type Tx = Prisma.TransactionClient;

/** A delivery that somebody has taken up. */
export type TakenDelivery = {
  readonly deliveryId: string;
  readonly tenantId: TenantId;
  readonly recipientId: UserId;
  readonly channel: DeliveryChannel;
  /** Which attempt this is, from 1. Whoever settles the delivery must still be the last who took it up. */
  readonly attempt: number;
  readonly createdAt: Date;
  /** Oldest first; one, or several of a digest. */
  readonly notificationIds: readonly NotificationId[];
};

/** How much of which channel to take up, as of when, and for how long. */
export type Taking = {
  readonly channel: DeliveryChannel;
  readonly limit: number;
  readonly now: Date;
  readonly leaseUntil: Date;
};

/**
 * Takes up what is due, the longest due first, for nobody else until `leaseUntil`. What a dead process had taken up
 * becomes due again by itself then. Rivals skip each other's rows and never wait.
 */
export const takeDue = async (
  tx: Tx,
  { channel, limit, now, leaseUntil }: Taking,
): Promise<readonly TakenDelivery[]> => {
  const rows = await tx.$queryRaw<TakenRow[]>`
    WITH due AS (
      SELECT delivery_id FROM deliveries WHERE settled_at IS NULL AND channel = ${channel} AND due_at <= ${now}
      ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE deliveries d SET state = 'sending', attempts = d.attempts + 1, due_at = ${leaseUntil}
      FROM due WHERE d.delivery_id = due.delivery_id
      RETURNING d.*
    )
    SELECT delivery_id, tenant_id, recipient_id, channel, attempts, created_at FROM taken`;
  if (rows.length === 0) return [];
  // By a statement of its own, which sees what joined a digest until its row was ours. The one before began earlier: it
  // may wait for nobody and yet lock a row that has just been changed, without seeing the item that came with it.
  const items = await tx.deliveryItem.findMany({
    where: { deliveryId: { in: rows.map(({ delivery_id }) => delivery_id) } },
    orderBy: { notificationId: 'asc' },
  });
  return rows.map((row) => ({
    deliveryId: row.delivery_id,
    tenantId: row.tenant_id,
    recipientId: row.recipient_id,
    channel: row.channel,
    attempt: row.attempts,
    createdAt: row.created_at,
    notificationIds: items
      .filter(({ deliveryId }) => deliveryId === row.delivery_id)
      .map(({ notificationId }) => notificationId as NotificationId),
  }));
};

type TakenRow = {
  readonly delivery_id: string;
  readonly tenant_id: TenantId;
  readonly recipient_id: UserId;
  readonly channel: DeliveryChannel;
  readonly attempts: number;
  readonly created_at: Date;
};

/** What became of an attempt. */
export type Outcome =
  | { readonly state: 'sent' }
  | { readonly state: 'failed' | 'withheld'; readonly error: string }
  | { readonly state: 'waiting'; readonly error: string; readonly dueAt: Date };

/** Notes the outcome, unless somebody else has taken the delivery up meanwhile. @returns whether it was noted. */
export const settle = async (
  tx: Tx,
  { deliveryId, attempt }: Pick<TakenDelivery, 'deliveryId' | 'attempt'>,
  outcome: Outcome,
  now: Date,
): Promise<boolean> => {
  const isSettled = outcome.state !== 'waiting';
  const { count } = await tx.delivery.updateMany({
    where: { deliveryId, state: 'sending', attempts: attempt },
    data: {
      state: outcome.state,
      lastError: outcome.state === 'sent' ? null : outcome.error,
      settledAt: isSettled ? now : null,
      ...(outcome.state === 'waiting' && { dueAt: outcome.dueAt }),
    },
  });
  return count === 1;
};

/** How one notification fares on one of its ways out. */
export type DeliveryView = {
  readonly notificationId: NotificationId;
  readonly channel: DeliveryChannel;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly dueAt: Date;
  readonly settledAt: Date | null;
};

/** How one person's notifications fare, in the order asked; empty where nothing goes out, or it is another's. */
export const deliveriesOf = async (
  tx: Tx,
  tenantId: TenantId,
  recipientId: UserId,
  ids: readonly NotificationId[],
): Promise<readonly (readonly DeliveryView[])[]> => {
  const items = await tx.deliveryItem.findMany({
    where: { tenantId, notificationId: { in: [...ids] }, delivery: { recipientId } },
    include: { delivery: true },
    orderBy: { channel: 'asc' },
  });
  const views = items.map(({ notificationId, delivery }) => ({
    notificationId: notificationId as NotificationId,
    channel: delivery.channel as DeliveryChannel,
    state: delivery.state as DeliveryState,
    attempts: delivery.attempts,
    lastError: delivery.lastError,
    dueAt: delivery.dueAt,
    settledAt: delivery.settledAt,
  }));
  return ids.map((id) => views.filter(({ notificationId }) => notificationId === id));
};

/** What a shard's queue holds. */
export type QueueDepth = {
  /** Due, or being sent. */
  readonly due: number;
  /** Not due yet: gathered, or to be tried again. */
  readonly later: number;
  /** Milliseconds for which the longest due one has been due. */
  readonly lagMs: number;
};

/** What is not settled yet, as of `now`. */
export const queueDepth = async (tx: Tx, now: Date): Promise<QueueDepth> => {
  const [row] = await tx.$queryRaw<{ due: number; later: number; oldest: Date | null }[]>`
    SELECT count(*) FILTER (WHERE due_at <= ${now} OR state = 'sending')::int AS due,
      count(*) FILTER (WHERE due_at > ${now} AND state <> 'sending')::int AS later,
      min(due_at) FILTER (WHERE due_at <= ${now}) AS oldest
    FROM deliveries WHERE settled_at IS NULL`;
  const lagMs = row?.oldest ? Math.max(0, now.getTime() - row.oldest.getTime()) : 0;
  return { due: row?.due ?? 0, later: row?.later ?? 0, lagMs };
};

/** Deletes at most `limit` deliveries that were settled before `before`. @returns how many. */
export const forgetSettled = (tx: Tx, before: Date, limit: number): PromiseLike<number> =>
  tx.$executeRaw`
    DELETE FROM deliveries WHERE delivery_id IN (
      SELECT delivery_id FROM deliveries WHERE settled_at < ${before} LIMIT ${limit})`;
