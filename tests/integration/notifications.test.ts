import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@saas/auth';
import {
  ARCHIVE,
  assignment,
  LIST,
  MARK_ALL,
  MARK_READ,
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

describe('an inbox over HTTP', () => {
  it('shows what happened, newest first, page by page', async () => {
    const { ada, ben } = people();
    for (const title of ['One', 'Two', 'Three']) await service.bus.publish([assignment(ada, ben, title)]);
    const token = await service.asOfNow(ben);
    const first = await service.ask(ben, LIST, { first: 2 }, token);
    expect(first.data).toMatchObject({
      unreadNotificationCount: 3,
      notifications: {
        nodes: [
          {
            kind: 'TASK_ASSIGNED',
            title: 'The task “Three” was assigned to you.',
            isRead: false,
            version: 1,
          },
          {
            title: 'The task “Two” was assigned to you.',
            actor: { id: ada.userId },
            subject: { __typename: 'Task' },
          },
        ],
        pageInfo: { hasNextPage: true },
      },
    });
    const { pageInfo } = first.data['notifications'] as { pageInfo: { endCursor: string } };
    const rest = await service.ask(ben, LIST, { after: pageInfo.endCursor }, token);
    expect(rest.data).toMatchObject({
      notifications: {
        nodes: [{ title: 'The task “One” was assigned to you.' }],
        pageInfo: { hasNextPage: false },
      },
    });
  });

  it('takes reads and archivings once, and lets the next request see them', async () => {
    const { ada, ben } = people();
    await service.bus.publish([assignment(ada, ben), assignment(ada, ben)]);
    const [first, second] = await service.idsOf(ben);
    const input = { id: first, expectedVersion: 1, idempotencyKey: 'read-1' };
    const read = await service.ask(ben, MARK_READ, { input });
    expect(read.data).toEqual({
      markNotificationRead: { notification: { id: first, isRead: true, version: 2 }, userErrors: [] },
    });
    expect((await service.ask(ben, MARK_READ, { input })).data).toEqual(read.data);
    const archived = await service.ask(ben, ARCHIVE, { input: { id: second } });
    expect(archived.data).toMatchObject({
      archiveNotification: { notification: { isRead: true, archivedAt: expect.any(String) } },
    });
    expect((await service.ask(ben, LIST, {}, archived.token)).data).toMatchObject({
      unreadNotificationCount: 0,
      notifications: { nodes: [{ id: first }] },
    });
    const all = await service.ask(ben, LIST, { filter: { includeArchived: true } }, archived.token);
    expect((all.data['notifications'] as { nodes: unknown[] }).nodes).toHaveLength(2);
  });

  it('is read as a whole by one event, and what comes later is unread', async () => {
    const { ada, ben } = people();
    await service.bus.publish([assignment(ada, ben), assignment(ada, ben)]);
    const marked = await service.ask(ben, MARK_ALL, { input: {} });
    expect(marked.data).toMatchObject({
      markAllNotificationsRead: { inbox: { unreadCount: 0, version: 1 } },
    });
    await service.bus.publish([assignment(ada, ben, 'Later')]);
    const token = await service.asOfNow(ben);
    expect((await service.ask(ben, LIST, { filter: { unreadOnly: true } }, token)).data).toMatchObject({
      unreadNotificationCount: 1,
      notifications: { nodes: [{ title: 'The task “Later” was assigned to you.' }] },
    });
    expect((await service.ask(ben, LIST, {}, token)).data).toMatchObject({
      notifications: {
        nodes: [{ isRead: false }, { isRead: true, version: 1 }, { isRead: true, version: 1 }],
      },
    });
  });

  it('looks empty and absent to anyone else, also in the same tenant', async () => {
    const { ada, ben, eve } = people();
    await service.bus.publish([assignment(ada, ben)]);
    const [id] = await service.idsOf(ben);
    for (const stranger of [eve, people().eve]) {
      const token = await service.asOfNow(stranger);
      const look = await service.ask(
        stranger,
        `query ($id: ID!) { notification(id: $id) { id } }`,
        { id },
        token,
      );
      expect(look.data).toEqual({ notification: null });
      expect((await service.ask(stranger, MARK_READ, { input: { id } })).data).toMatchObject({
        markNotificationRead: {
          notification: null,
          userErrors: [{ code: 'NOTIFICATION_NOT_FOUND', field: ['id'] }],
        },
      });
    }
    const representations = [{ __typename: 'User', id: ben.userId }];
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { unreadNotificationCount notifications { nodes { id } } } } }`;
    expect((await service.ask(eve, query, { representations })).data).toEqual({
      _entities: [{ unreadNotificationCount: null, notifications: null }],
    });
    expect((await service.ask(ben, query, { representations }, await service.asOfNow(ben))).data).toEqual({
      _entities: [{ unreadNotificationCount: 1, notifications: { nodes: [{ id }] } }],
    });
  });

  it('keeps preferences, and refuses to hide the security of an account', async () => {
    const { ada, ben } = people();
    const silenced = { kind: 'TASK_ASSIGNED', channel: 'IN_APP', isEnabled: false, expectedVersion: 0 };
    const answer = await service.ask(ben, PREFER, { input: silenced });
    expect(answer.data).toMatchObject({
      updateNotificationPreference: {
        preferences: {
          version: 1,
          preferences: expect.arrayContaining([
            { kind: 'TASK_ASSIGNED', channel: 'IN_APP', isEnabled: false },
          ]),
        },
      },
    });
    const matrix = `{ notificationPreferences { version preferences { kind channel isEnabled } } }`;
    expect((await service.ask(ben, matrix, {}, answer.token)).data['notificationPreferences']).toEqual(
      (answer.data['updateNotificationPreference'] as { preferences: unknown }).preferences,
    );
    await service.bus.publish([assignment(ada, ben)]);
    expect(await service.idsOf(ben)).toEqual([]);
    const required = { kind: 'ACCOUNT_SECURITY', channel: 'IN_APP', isEnabled: false };
    expect((await service.ask(ben, PREFER, { input: required })).data).toMatchObject({
      updateNotificationPreference: { userErrors: [{ code: 'PREFERENCE_REQUIRED', field: ['isEnabled'] }] },
    });
  });

  it('refuses strangers, bad ids, pages and cursors with permanent codes', async () => {
    const { ada } = people();
    const code = async (viewer: Viewer, query: string) =>
      (await service.ask(viewer, query)).errors?.[0]?.extensions.code;
    expect(await code({ status: 'anonymous' }, '{ unreadNotificationCount }')).toBe('UNAUTHENTICATED');
    expect(await code(ada, '{ notification(id: "ntf_1") { id } }')).toBe('ID_MALFORMED');
    expect(await code(ada, '{ notifications(first: 0) { nodes { id } } }')).toBe('PAGE_SIZE_INVALID');
    expect(await code(ada, '{ notifications(after: "eA") { nodes { id } } }')).toBe('CURSOR_MALFORMED');
    expect((await service.ask(ada, MARK_READ, { input: { id: 'ntf_1' } })).data).toMatchObject({
      markNotificationRead: { userErrors: [{ code: 'ID_MALFORMED', field: ['id'] }] },
    });
  });
});
