import { describe, expect, it } from '@jest/globals';
import { specification } from '@saas/event-sourcing/testing';
import { newId, newTenantId, bucketOfId, testClock } from '@saas/kernel';
import { announceNotification } from './notification.announcements.ts';
import { notification } from './notification.decider.ts';
import type { NotificationCreation, NotificationEvent } from './notification.events.ts';
import { notificationStream } from './notification.values.ts';

const given = specification(notification);
const clock = testClock();
const bucket = bucketOfId(newTenantId(clock));
const by = newId('usr', bucket, clock);
const stranger = newId('usr', bucket, clock);
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-01-02T00:00:00.000Z';
const creation: NotificationCreation = {
  kind: 'TASK_ASSIGNED',
  subject: { type: 'TASK', id: newId('tsk', bucket, clock) },
  data: { title: 'Paint the shed' },
  recipientId: by,
  actorId: stranger,
  causedBy: newId('evt', bucket, clock),
};
const created: NotificationEvent = { type: 'NotificationWasCreated', data: { ...creation, at } };
const read: NotificationEvent = { type: 'NotificationWasRead', data: { by, at: later } };
const archived: NotificationEvent = { type: 'NotificationWasArchived', data: { by, at: later } };

describe('a notification', () => {
  it('is created once', () => {
    given().when({ type: 'CreateNotification', creation, at }).thenHappens(created);
    given(created).when({ type: 'CreateNotification', creation, at }).thenRefused('NOTIFICATION_EXISTS');
  });

  it('is read by its recipient, and only the first time counts', () => {
    given(created).when({ type: 'MarkNotificationRead', by, at: later }).thenHappens(read);
    given(created, read).when({ type: 'MarkNotificationRead', by, at: later }).thenHappens();
  });

  it('looks absent to its recipient too when it went by other channels than the inbox', () => {
    const elsewhere: NotificationEvent = {
      type: 'NotificationWasCreated',
      data: { ...creation, channels: ['EMAIL', 'WEBHOOK'], at },
    };
    given(elsewhere)
      .when({ type: 'MarkNotificationRead', by, at: later })
      .thenRefused('NOTIFICATION_NOT_FOUND');
  });

  it('is archived by its recipient, and only the first time counts', () => {
    given(created).when({ type: 'ArchiveNotification', by, at: later }).thenHappens(archived);
    given(created, archived).when({ type: 'ArchiveNotification', by, at: later }).thenHappens();
  });

  it('counts as read once it is archived', () => {
    given(created, archived).when({ type: 'MarkNotificationRead', by, at: later }).thenHappens();
    const state = [created, archived].reduce(notification.evolve, notification.initialState);
    expect(state).toMatchObject({ readAt: later, archivedAt: later });
  });

  it('keeps the time at which it was read when it is archived later', () => {
    const history: NotificationEvent[] = [
      created,
      { type: 'NotificationWasRead', data: { by, at } },
      archived,
    ];
    const state = history.reduce(notification.evolve, notification.initialState);
    expect(state).toMatchObject({ readAt: at, archivedAt: later });
  });

  it.each(['MarkNotificationRead', 'ArchiveNotification'] as const)(
    'looks absent to a stranger: %s',
    (type) => {
      given(created).when({ type, by: stranger, at }).thenRefused('NOTIFICATION_NOT_FOUND');
      given().when({ type, by, at }).thenRefused('NOTIFICATION_NOT_FOUND');
    },
  );

  it('is announced by who, what and when, without what it says', () => {
    const notificationId = newId('ntf', bucket, clock);
    const stream = notificationStream(notificationId);
    const announced = [created, read, archived].flatMap((event) => announceNotification(event, stream));
    expect(announced.map(({ routingKey, body }) => ({ routingKey, body }))).toEqual([
      {
        routingKey: 'notification.created',
        body: { notificationId, recipientId: by, kind: 'TASK_ASSIGNED', channels: ['IN_APP'], at },
      },
      { routingKey: 'notification.read', body: { notificationId, recipientId: by, at: later } },
      { routingKey: 'notification.archived', body: { notificationId, recipientId: by, at: later } },
    ]);
  });
});
