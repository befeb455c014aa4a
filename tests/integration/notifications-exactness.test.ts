import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@saas/event-sourcing';
import { bucketOfId, newId, systemClock, type NotificationId, type TenantId } from '@saas/kernel';
import { waitUntil } from '@saas/local-stack';
import type { Message } from '@saas/messaging';
import { notificationsReadModels, notificationStream } from '@saas/notifications';
import type { Prisma } from '@saas/prisma-notifications';
import pg from 'pg';
import {
  ARCHIVE,
  assignment,
  MARK_ALL,
  MARK_READ,
  message,
  openNotifications,
  people,
  PREFER,
  type NotificationsUnderTest,
} from '../support/notifications-service.ts';

let service: NotificationsUnderTest;
beforeAll(async () => {
  service = await openNotifications();
});
afterAll(() => service.stop());

describe('a message', () => {
  it('that is delivered again and again, also at once, has its effect once', async () => {
    const { ada, ben } = people();
    const event = assignment(ada, ben);
    const deliveries = Array.from({ length: 4 }, () => service.bus.publish([event]));
    await Promise.all(deliveries);
    await service.bus.publish([event]);
    expect(await service.idsOf(ben)).toHaveLength(1);
    expect(await service.counts(ben)).toEqual({ counter: 1, counted: 1 });
  });

  it('of no interest leaves its receipt, so that the next one of its stream is in order', async () => {
    const { tenantId, ada, ben } = people();
    const stream = `project-${newId('prj', bucketOfId(tenantId), systemClock)}` as const;
    const body = {
      projectId: stream.slice('project-'.length),
      userId: ben.userId,
      role: 'MEMBER',
      by: ada.userId,
    };
    const second = message(tenantId, 'project.member_added', body, stream, 2);
    expect(
      await service.bus.publish([message(tenantId, 'project.created', {}, stream, 1), second]),
    ).toHaveProperty('size', 2);
    expect(await service.idsOf(ben)).toHaveLength(1);
  });

  it('is announced in turn, in order', async () => {
    const { ada, ben } = people();
    await service.bus.publish([assignment(ada, ben)]);
    const [id] = await service.idsOf(ben);
    await service.ask(ben, MARK_READ, { input: { id } });
    const stream = notificationStream(id as NotificationId);
    const heard = () =>
      service.announced.filter((each) => each.stream === stream).map(({ routingKey }) => routingKey);
    while (heard().length < 2) await new Promise(setImmediate);
    expect(heard()).toEqual(['notification.created', 'notification.read']);
  });
});

describe('the counter of unread notifications', () => {
  /** Says it again until it was heard, as a relay does; on a busy machine a transaction may run out of time. */
  const heard = (event: Message) =>
    waitUntil('the message to be heard', async () => (await service.bus.publish([event])).has(event.id));

  it('agrees with a recount after arrivals, reads, archivings and reads of all at the same time', async () => {
    const { ada, ben } = people();
    await Promise.all(Array.from({ length: 20 }, () => heard(assignment(ada, ben))));
    const ids = await service.idsOf(ben);
    const acts = ids.flatMap((id, index) => [
      () => heard(assignment(ada, ben)),
      () => service.ask(ben, index % 3 === 0 ? ARCHIVE : MARK_READ, { input: { id } }),
      ...(index % 5 === 0 ? [() => service.ask(ben, MARK_ALL, { input: {} })] : []),
      () => service.ask(ben, MARK_READ, { input: { id } }),
    ]);
    await Promise.all(acts.map((act) => act()));
    const { counter, counted } = await service.counts(ben);
    expect(counter).toBe(counted);
    expect(await service.idsOf(ben)).toHaveLength(40);
  });
});

describe('the read models', () => {
  const rowsOf = (tx: Prisma.TransactionClient, tenantId: TenantId) =>
    Promise.all([
      tx.notification.findMany({ where: { tenantId }, orderBy: { notificationId: 'asc' } }),
      tx.inbox.findMany({ where: { tenantId }, orderBy: { userId: 'asc' } }),
      tx.notificationPreference.findMany({ where: { tenantId }, orderBy: { channel: 'asc' } }),
    ]);
  const historyOf = async (tx: Prisma.TransactionClient, tenantId: TenantId) => {
    const rows = await tx.storedEvent.findMany({ where: { tenantId }, orderBy: { position: 'asc' } });
    return rows.map(
      ({ streamId, version, type, data }) =>
        ({ tenantId, stream: streamId, version, type, data }) as RecordedEvent,
    );
  };

  it('come out the same when the whole history is applied again, in one batch or event by event', async () => {
    const { tenantId, ada, ben, eve } = people();
    for (const to of [ben, eve, ben, eve]) await service.bus.publish([assignment(ada, to)]);
    const [first, second] = await service.idsOf(ben);
    await service.ask(ben, MARK_READ, { input: { id: first } });
    await service.ask(eve, MARK_ALL, { input: {} });
    await service.bus.publish([assignment(ada, eve)]);
    await service.ask(ben, ARCHIVE, { input: { id: second } });
    for (const channel of ['EMAIL', 'WEBHOOK']) {
      const input = { kind: 'TASK_COMPLETED', channel, isEnabled: true };
      await service.ask(eve, PREFER, { input });
    }
    await service.database.write(tenantId, async (tx) => {
      const before = await rowsOf(tx, tenantId);
      const history = await historyOf(tx, tenantId);
      for (const batches of [[history], history.map((event) => [event])]) {
        await tx.notification.deleteMany({ where: { tenantId } });
        await tx.inbox.deleteMany({ where: { tenantId } });
        await tx.notificationPreference.deleteMany({ where: { tenantId } });
        for (const batch of batches) {
          for (const projection of notificationsReadModels.inline) await projection.apply(batch, tx);
        }
        expect(await rowsOf(tx, tenantId)).toEqual(before);
      }
    });
  });
});

describe('isolation', () => {
  it('shows a tenant nothing of another, whatever the query', async () => {
    const { ada, ben } = people();
    await service.bus.publish([assignment(ada, ben)]);
    const [id] = await service.idsOf(ben);
    const look = (tenantId: TenantId) =>
      service.database.readPrimary({ tenantId }, (tx) =>
        tx.notification.findMany({ where: { notificationId: id ?? '' } }),
      );
    expect(await look(ben.tenantId)).toHaveLength(1);
    const neighbours = Array.from({ length: 8 }, () => people().tenantId);
    for (const tenantId of neighbours) expect(await look(tenantId)).toEqual([]);
  });

  it('shows a session that names no tenant nothing at all', async () => {
    const { ada, ben } = people();
    await service.bus.publish([assignment(ada, ben)]);
    for (const { primary } of service.shards) {
      const session = new pg.Client({ connectionString: primary });
      await session.connect();
      for (const table of ['notifications', 'inboxes', 'notification_preferences', 'events', 'outbox']) {
        expect((await session.query(`SELECT 1 FROM ${table}`)).rows).toEqual([]);
      }
      await session.end();
    }
  });
});
