import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signIdentity, type AuthenticatedViewer, type Viewer } from '@saas/auth';
import { Secret } from '@saas/config';
import type { StreamId } from '@saas/event-sourcing';
import {
  bucketOfId,
  newId,
  newTenantId,
  systemClock,
  type NotificationId,
  type TenantId,
} from '@saas/kernel';
import { memoryMessageBus, type Message } from '@saas/messaging';
import { notificationStream, startNotifications, type RunningNotifications } from '@saas/notifications';
import { evenShardMap, ShardedDatabase } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-notifications';
import { createLogger } from '@saas/telemetry';
import pg from 'pg';
import { openDatabase } from '../support/stack.ts';

const KEY = 'notifications identity key';
const announced: Message[] = [];
const bus = memoryMessageBus();
let running: RunningNotifications;
let database: ShardedDatabase<Prisma.TransactionClient>;
let shards: Awaited<ReturnType<typeof openDatabase>>['shards'];

beforeAll(async () => {
  ({ shards } = await openDatabase('notifications'));
  running = await startNotifications(
    {
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: 0,
      SHARD_URLS: shards.map((shard) => ({ ...shard, replicas: [...shard.replicas] })),
      SHARD_MAP: undefined,
      IDENTITY_KEY: new Secret(KEY),
      CLAIM_SECRET: new Secret('notifications claim secret'),
      REPLICA_LAG_MS_MAX: 1_000,
      REQUEST_DEADLINE_MS: 10_000,
      RELAY_IDLE_MS: 50,
      LOG_LEVEL: 'silent',
    },
    { bus, logger: createLogger({ name: 'notifications', level: 'silent' }) },
  );
  await bus.subscribe({
    queue: 'test.notifications',
    bindings: [{ topic: 'notification_events', pattern: '#' }],
    handle: async (message) => void announced.push(message),
  });
  database = new ShardedDatabase({
    service: 'notifications',
    shards,
    shardMap: evenShardMap(shards.map(({ name }) => name)),
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  await database.start();
});
afterAll(async () => {
  await database.stop();
  await running.stop();
});

const personOf = (tenantId: TenantId): AuthenticatedViewer => ({
  status: 'authenticated',
  tenantId,
  userId: newId('usr', bucketOfId(tenantId), systemClock),
  role: 'MEMBER',
  sessionId: newId('ses', bucketOfId(tenantId), systemClock),
});

/** Fresh people of a fresh tenant. */
const people = () => {
  const tenantId = newTenantId(systemClock);
  return { tenantId, ada: personOf(tenantId), ben: personOf(tenantId), eve: personOf(tenantId) };
};

const message = (
  tenantId: TenantId,
  routingKey: string,
  body: object,
  stream?: StreamId,
  sequence = 1,
): Message => ({
  id: newId('evt', bucketOfId(tenantId), systemClock),
  tenantId,
  topic: routingKey.startsWith('user.') ? 'user_events' : 'project_events',
  routingKey,
  stream: stream ?? `project-${newId('prj', bucketOfId(tenantId), systemClock)}`,
  sequence,
  body,
  headers: {},
});

/** A message that tells `to` of a task. */
const assignment = (by: AuthenticatedViewer, to: AuthenticatedViewer, title = 'Paint the shed'): Message => {
  const taskId = newId('tsk', bucketOfId(by.tenantId), systemClock);
  const body = { taskId, title, assigneeId: to.userId, previousAssigneeId: null, by: by.userId };
  return message(by.tenantId, 'task.assigned', body, `task-${taskId}`);
};

type Answer = {
  readonly status: number;
  readonly token: string | null;
  readonly data: Record<string, never>;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
};

const ask = async (
  viewer: Viewer,
  query: string,
  variables: object = {},
  token?: string | null,
): Promise<Answer> => {
  const response = await fetch(running.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-internal-identity': signIdentity(
        { key: KEY, audience: 'notifications', clock: systemClock },
        viewer,
      ),
      ...(token && { 'consistency-token': token }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as Pick<Answer, 'data' | 'errors'>;
  return { ...answer, status: response.status, token: response.headers.get('consistency-token') };
};

const idsOf = ({ tenantId, userId }: AuthenticatedViewer): Promise<readonly NotificationId[]> =>
  database.readPrimary({ tenantId }, async (tx) => {
    const rows = await tx.notification.findMany({ where: { tenantId, recipientId: userId } });
    return rows.map(({ notificationId }) => notificationId as NotificationId);
  });

/** What the counter says, and what counting gives. */
const counts = ({ tenantId, userId }: AuthenticatedViewer) =>
  database.readPrimary({ tenantId }, async (tx) => {
    const inbox = await tx.inbox.findUniqueOrThrow({ where: { userId } });
    const unread = {
      readAt: null,
      archivedAt: null,
      createdAt: { gt: inbox.readUpTo ?? '1970-01-01T00:00:00.000Z' },
    };
    const counted = await tx.notification.count({ where: { tenantId, recipientId: userId, ...unread } });
    return { counter: inbox.unreadCount, counted };
  });

const LIST = `query ($first: Int, $after: String, $filter: NotificationFilter) {
  notifications(first: $first, after: $after, filter: $filter) {
    nodes { id kind title isRead readAt archivedAt version actor { id }
      subject { __typename ... on Task { id } ... on Project { id } ... on User { id } } }
    pageInfo { hasNextPage endCursor }
  }
  unreadNotificationCount
}`;
const MARK_READ = `mutation ($input: MarkNotificationReadInput!) {
  markNotificationRead(input: $input) { notification { id isRead version } userErrors { code field } } }`;
const ARCHIVE = `mutation ($input: ArchiveNotificationInput!) {
  archiveNotification(input: $input) { notification { id isRead archivedAt version } userErrors { code } } }`;
const MARK_ALL = `mutation ($input: MarkAllNotificationsReadInput!) {
  markAllNotificationsRead(input: $input) { inbox { unreadCount readUpTo version } userErrors { code } } }`;
const PREFER = `mutation ($input: UpdateNotificationPreferenceInput!) {
  updateNotificationPreference(input: $input) {
    preferences { version preferences { kind channel isEnabled } } userErrors { code field } } }`;

/** Reads what is committed, not what a replica happens to have. */
const asOfNow = async ({ tenantId }: AuthenticatedViewer): Promise<string> =>
  `notifications.${await database.tokenNow(tenantId)}`;

describe('an inbox over HTTP', () => {
  it('shows what happened, newest first, page by page', async () => {
    const { ada, ben } = people();
    for (const title of ['One', 'Two', 'Three']) await bus.publish([assignment(ada, ben, title)]);
    const token = await asOfNow(ben);
    const first = await ask(ben, LIST, { first: 2 }, token);
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
    const { pageInfo } = first.data['notifications'] as unknown as { pageInfo: { endCursor: string } };
    const rest = await ask(ben, LIST, { after: pageInfo.endCursor }, token);
    expect(rest.data).toMatchObject({
      notifications: {
        nodes: [{ title: 'The task “One” was assigned to you.' }],
        pageInfo: { hasNextPage: false },
      },
    });
  });

  it('takes reads and archivings once, and lets the next request see them', async () => {
    const { ada, ben } = people();
    await bus.publish([assignment(ada, ben), assignment(ada, ben)]);
    const [first, second] = await idsOf(ben);
    const input = { id: first, expectedVersion: 1, idempotencyKey: 'read-1' };
    const read = await ask(ben, MARK_READ, { input });
    expect(read.data).toEqual({
      markNotificationRead: { notification: { id: first, isRead: true, version: 2 }, userErrors: [] },
    });
    expect((await ask(ben, MARK_READ, { input })).data).toEqual(read.data);
    const archived = await ask(ben, ARCHIVE, { input: { id: second } });
    expect(archived.data).toMatchObject({
      archiveNotification: { notification: { isRead: true, archivedAt: expect.any(String) } },
    });
    expect((await ask(ben, LIST, {}, archived.token)).data).toMatchObject({
      unreadNotificationCount: 0,
      notifications: { nodes: [{ id: first }] },
    });
    const all = await ask(ben, LIST, { filter: { includeArchived: true } }, archived.token);
    expect((all.data['notifications'] as unknown as { nodes: unknown[] }).nodes).toHaveLength(2);
  });

  it('is read as a whole by one event, and what comes later is unread', async () => {
    const { ada, ben } = people();
    await bus.publish([assignment(ada, ben), assignment(ada, ben)]);
    const marked = await ask(ben, MARK_ALL, { input: {} });
    expect(marked.data).toMatchObject({
      markAllNotificationsRead: { inbox: { unreadCount: 0, version: 1 } },
    });
    await bus.publish([assignment(ada, ben, 'Later')]);
    const token = await asOfNow(ben);
    expect((await ask(ben, LIST, { filter: { unreadOnly: true } }, token)).data).toMatchObject({
      unreadNotificationCount: 1,
      notifications: { nodes: [{ title: 'The task “Later” was assigned to you.' }] },
    });
    expect((await ask(ben, LIST, {}, token)).data).toMatchObject({
      notifications: {
        nodes: [{ isRead: false }, { isRead: true, version: 1 }, { isRead: true, version: 1 }],
      },
    });
  });

  it('looks empty and absent to anyone else, also in the same tenant', async () => {
    const { ada, ben, eve } = people();
    await bus.publish([assignment(ada, ben)]);
    const [id] = await idsOf(ben);
    for (const stranger of [eve, people().eve]) {
      const token = await asOfNow(stranger);
      const look = await ask(stranger, `query ($id: ID!) { notification(id: $id) { id } }`, { id }, token);
      expect(look.data).toEqual({ notification: null });
      expect((await ask(stranger, MARK_READ, { input: { id } })).data).toMatchObject({
        markNotificationRead: { notification: null, userErrors: [{ code: 'NOTIFICATION_NOT_FOUND' }] },
      });
    }
    const representations = [{ __typename: 'User', id: ben.userId }];
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { unreadNotificationCount notifications { nodes { id } } } } }`;
    expect((await ask(eve, query, { representations })).data).toEqual({
      _entities: [{ unreadNotificationCount: null, notifications: null }],
    });
    expect((await ask(ben, query, { representations }, await asOfNow(ben))).data).toEqual({
      _entities: [{ unreadNotificationCount: 1, notifications: { nodes: [{ id }] } }],
    });
  });

  it('keeps preferences, and refuses to hide the security of an account', async () => {
    const { ada, ben } = people();
    const silenced = { kind: 'TASK_ASSIGNED', channel: 'IN_APP', isEnabled: false, expectedVersion: 0 };
    const answer = await ask(ben, PREFER, { input: silenced });
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
    expect((await ask(ben, matrix, {}, answer.token)).data['notificationPreferences']).toEqual(
      (answer.data['updateNotificationPreference'] as { preferences: unknown }).preferences,
    );
    await bus.publish([assignment(ada, ben)]);
    expect(await idsOf(ben)).toEqual([]);
    const required = { kind: 'ACCOUNT_SECURITY', channel: 'IN_APP', isEnabled: false };
    expect((await ask(ben, PREFER, { input: required })).data).toMatchObject({
      updateNotificationPreference: { userErrors: [{ code: 'PREFERENCE_REQUIRED', field: ['isEnabled'] }] },
    });
  });

  it('refuses strangers, bad ids, pages and cursors with permanent codes', async () => {
    const { ada } = people();
    const code = async (viewer: Viewer, query: string) =>
      (await ask(viewer, query)).errors?.[0]?.extensions.code;
    expect(await code({ status: 'anonymous' }, '{ unreadNotificationCount }')).toBe('UNAUTHENTICATED');
    expect(await code(ada, '{ notification(id: "ntf_1") { id } }')).toBe('ID_MALFORMED');
    expect(await code(ada, '{ notifications(first: 0) { nodes { id } } }')).toBe('PAGE_SIZE_INVALID');
    expect(await code(ada, '{ notifications(after: "eA") { nodes { id } } }')).toBe('CURSOR_MALFORMED');
    expect((await ask(ada, MARK_READ, { input: { id: 'ntf_1' } })).data).toMatchObject({
      markNotificationRead: { userErrors: [{ code: 'ID_MALFORMED', field: ['id'] }] },
    });
  });
});

describe('a message', () => {
  it('that is delivered again and again, also at once, has its effect once', async () => {
    const { ada, ben } = people();
    const event = assignment(ada, ben);
    const buses = Array.from({ length: 4 }, () => bus.publish([event]));
    await Promise.all(buses);
    await bus.publish([event]);
    expect(await idsOf(ben)).toHaveLength(1);
    expect(await counts(ben)).toEqual({ counter: 1, counted: 1 });
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
    expect(await bus.publish([second])).toEqual(new Set());
    expect(await bus.publish([message(tenantId, 'project.created', {}, stream, 1), second])).toHaveProperty(
      'size',
      2,
    );
    expect(await idsOf(ben)).toHaveLength(1);
  });

  it('is announced in turn, in order', async () => {
    const { ada, ben } = people();
    await bus.publish([assignment(ada, ben)]);
    const [id] = await idsOf(ben);
    await ask(ben, MARK_READ, { input: { id } });
    const stream = notificationStream(id as NotificationId);
    const heard = () =>
      announced.filter((each) => each.stream === stream).map(({ routingKey }) => routingKey);
    while (heard().length < 2) await new Promise(setImmediate);
    expect(heard()).toEqual(['notification.created', 'notification.read']);
  });
});

describe('the counter of unread notifications', () => {
  it('agrees with a recount after arrivals, reads, archivings and reads of all at the same time', async () => {
    const { ada, ben } = people();
    await Promise.all(Array.from({ length: 20 }, () => bus.publish([assignment(ada, ben)])));
    const ids = await idsOf(ben);
    const acts = ids.flatMap((id, index) => [
      () => bus.publish([assignment(ada, ben)]),
      () => ask(ben, index % 3 === 0 ? ARCHIVE : MARK_READ, { input: { id } }),
      ...(index % 5 === 0 ? [() => ask(ben, MARK_ALL, { input: {} })] : []),
      () => ask(ben, MARK_READ, { input: { id } }),
    ]);
    await Promise.all(acts.map((act) => act()));
    const { counter, counted } = await counts(ben);
    expect(counter).toBe(counted);
    expect(await idsOf(ben)).toHaveLength(40);
  });
});

describe('isolation', () => {
  it('shows a tenant nothing of another, whatever the query', async () => {
    const { ada, ben } = people();
    await bus.publish([assignment(ada, ben)]);
    const [id] = await idsOf(ben);
    const look = (tenantId: TenantId) =>
      database.readPrimary({ tenantId }, (tx) =>
        tx.notification.findMany({ where: { notificationId: id ?? '' } }),
      );
    expect(await look(ben.tenantId)).toHaveLength(1);
    const neighbours = Array.from({ length: 8 }, () => people().tenantId);
    for (const tenantId of neighbours) expect(await look(tenantId)).toEqual([]);
  });

  it('shows a session that names no tenant nothing at all', async () => {
    const { ada, ben } = people();
    await bus.publish([assignment(ada, ben)]);
    for (const { primary } of shards) {
      const session = new pg.Client({ connectionString: primary });
      await session.connect();
      for (const table of ['notifications', 'inboxes', 'notification_preferences', 'events', 'outbox']) {
        expect((await session.query(`SELECT 1 FROM ${table}`)).rows).toEqual([]);
      }
      await session.end();
    }
  });
});
