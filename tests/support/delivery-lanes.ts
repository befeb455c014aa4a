import {
  bucketOfId,
  newId,
  newTenantId,
  systemClock,
  testClock,
  type TenantId,
  type UserId,
} from '@saas/kernel';
import { memoryMessageBus } from '@saas/messaging';
import {
  notificationsServices,
  notificationStream,
  openNotificationsStore,
  startDelivering,
  type DeliveringOptions,
  type TakenDelivery,
} from '@saas/notifications';
import type { ShardedDatabase } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-notifications';
import { createLogger, prometheusMeter } from '@saas/telemetry';
import { notificationsConfig } from './notifications-service.ts';
import { openDatabase } from './stack.ts';

/** How a notification of a test goes out; by e-mail, at once, unless told otherwise. */
type Way = {
  readonly channels?: readonly ('IN_APP' | 'EMAIL' | 'WEBHOOK')[];
  readonly digest?: 'HOURLY' | 'DAILY';
};
type Sending = { readonly send: DeliveringOptions['send'] } & Partial<DeliveringOptions>;

export type LanesUnderTest = Awaited<ReturnType<typeof openLanes>>;

/** The queue of deliveries on fresh databases, whose senders a test starts, stops and lets die as it likes. */
export const openLanes = async () => {
  const { shards } = await openDatabase('notifications');
  const clock = testClock();
  const meter = prometheusMeter({ service: 'notifications', isProcessMeasured: false });
  const logger = createLogger({ name: 'notifications', level: 'silent' });
  const kept = await openNotificationsStore(notificationsConfig(shards), {
    bus: memoryMessageBus(),
    logger,
    clock,
    meter,
  });
  const { handleNotification } = notificationsServices(kept.store);
  const database: ShardedDatabase<Prisma.TransactionClient> = kept.database;

  const tell = async (
    recipientId: UserId,
    tenantId: TenantId,
    { channels = ['EMAIL'], digest }: Way = {},
  ) => {
    const notificationId = newId('ntf', bucketOfId(tenantId), systemClock);
    const creation = {
      kind: 'TASK_ASSIGNED',
      subject: { type: 'TASK', id: newId('tsk', bucketOfId(tenantId), systemClock) },
      data: { title: 'Paint the shed' },
      recipientId,
      actorId: null,
      causedBy: 'a test',
      channels,
      ...(digest && { digest }),
    } as const;
    await handleNotification({
      tenantId,
      metadata: { actor: 'test', requestId: 'request-1' },
      work: {
        commands: [
          {
            stream: notificationStream(notificationId),
            command: { type: 'CreateNotification', creation, at: clock.now().toISOString() },
          },
        ],
      },
    });
    return notificationId;
  };

  return {
    clock,
    database,
    /** Somebody new in a new tenant. */
    person: () => {
      const tenantId = newTenantId(systemClock);
      return { tenantId, userId: newId('usr', bucketOfId(tenantId), systemClock) };
    },
    tell,
    /** Senders on every shard, as one process has them. */
    start: ({ send, ...wishes }: Sending) => {
      const lanes = database.shardNames().map((shard) =>
        startDelivering({
          database,
          shard,
          channel: 'EMAIL',
          send,
          retries: { attemptsMax: 4, baseMs: 1_000, maxMs: 60_000 },
          timeoutMs: 30_000,
          idleMs: 5,
          clock,
          chance: () => 1,
          onOutcome: () => undefined,
          onError: () => undefined,
          ...wishes,
        }),
      );
      return { stop: () => Promise.all(lanes.map((lane) => lane.stop())) };
    },
    /** What the table says of the tenant's deliveries, the oldest first. */
    rows: (tenantId: TenantId) =>
      database.readPrimary({ tenantId }, (tx) =>
        tx.delivery.findMany({
          where: { tenantId },
          include: { items: true },
          orderBy: { deliveryId: 'asc' },
        }),
      ),
    stop: () => kept.stop(),
  };
};

/** Accepts everything, and remembers what. */
export const accepting = () => {
  const accepted: TakenDelivery[] = [];
  return { accepted, send: async (delivery: TakenDelivery) => void accepted.push(delivery) };
};
