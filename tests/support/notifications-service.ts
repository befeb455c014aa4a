import { signIdentity, type AuthenticatedViewer, type Viewer } from '@saas/auth';
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
import { readNotificationsConfig, startNotifications, type NotificationsAdapters } from '@saas/notifications';
import { evenShardMap, ShardedDatabase } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-notifications';
import { createLogger } from '@saas/telemetry';
import { openDatabase } from './stack.ts';

const KEY = 'notifications identity key';

export type NotificationsUnderTest = Awaited<ReturnType<typeof openNotifications>>;

type Shards = Awaited<ReturnType<typeof openDatabase>>['shards'];

/** What a test may want otherwise. */
type Wishes = {
  /** As the environment would say it. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly adapters?: Partial<NotificationsAdapters>;
  /** The databases of a service that ended before; fresh ones unless given. */
  readonly shards?: Shards;
};

/** The whole service on fresh databases, with what a test needs to tell it things, ask it and look behind it. */
export const openNotifications = async ({ settings = {}, adapters = {}, ...given }: Wishes = {}) => {
  const bus = memoryMessageBus();
  const announced: Message[] = [];
  const shards = given.shards ?? (await openDatabase('notifications')).shards;
  const logger = createLogger({ name: 'notifications', level: 'silent' });
  const running = await startNotifications(notificationsConfig(shards, settings), {
    bus,
    logger,
    ...adapters,
  });
  await bus.subscribe({
    queue: 'test.notifications',
    bindings: [{ topic: 'notification_events', pattern: '#' }],
    handle: async (message) => void announced.push(message),
  });
  const database = new ShardedDatabase<Prisma.TransactionClient>({
    service: 'notifications',
    shards,
    shardMap: evenShardMap(shards.map(({ name }) => name)),
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  await database.start();
  return {
    bus,
    health: running.health,
    /** What the service has told others, in the order in which it did. */
    announced: announced as readonly Message[],
    database,
    shards,
    ask: askAt(running.url),
    idsOf: (owner: AuthenticatedViewer) => idsOf(database, owner),
    counts: (owner: AuthenticatedViewer) => counts(database, owner),
    /** A token for reading what is committed, not what a replica happens to have. */
    asOfNow: async ({ tenantId }: AuthenticatedViewer): Promise<string> =>
      `notifications.${await database.tokenNow(tenantId)}`,
    stop: async () => {
      await database.stop();
      await running.stop();
    },
  };
};

type Database = ShardedDatabase<Prisma.TransactionClient>;

/** The service's settings on these databases. */
export const notificationsConfig = (shards: Shards, settings: Readonly<Record<string, string>> = {}) =>
  readNotificationsConfig({
    NOTIFICATIONS_HTTP_PORT: '0',
    NOTIFICATIONS_SHARD_URLS: shards
      .map(({ primary, replicas }) => [primary, ...replicas].join(','))
      .join(';'),
    NOTIFICATIONS_IDENTITY_KEY: KEY,
    NOTIFICATIONS_CLAIM_SECRET: 'notifications claim secret',
    NOTIFICATIONS_CONTACTS_KEY: 'contacts key of the tests',
    NOTIFICATIONS_WEBHOOK_KEY: 'webhook key of the tests',
    // Nobody listens there, unless a test says who does.
    NOTIFICATIONS_CONTACTS_URL: 'http://127.0.0.1:1/',
    NOTIFICATIONS_RELAY_IDLE_MS: '50',
    NOTIFICATIONS_LOG_LEVEL: 'silent',
    ...settings,
  });

const personOf = (tenantId: TenantId): AuthenticatedViewer => ({
  status: 'authenticated',
  tenantId,
  userId: newId('usr', bucketOfId(tenantId), systemClock),
  role: 'MEMBER',
  sessionId: newId('ses', bucketOfId(tenantId), systemClock),
});

/** Fresh people of a fresh tenant. */
export const people = () => {
  const tenantId = newTenantId(systemClock);
  return { tenantId, ada: personOf(tenantId), ben: personOf(tenantId), eve: personOf(tenantId) };
};

/** A message as another service would send it. */
export const message = (
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
export const assignment = (
  by: AuthenticatedViewer,
  to: AuthenticatedViewer,
  title = 'Paint the shed',
): Message => {
  const taskId = newId('tsk', bucketOfId(by.tenantId), systemClock);
  const body = { taskId, title, assigneeId: to.userId, previousAssigneeId: null, by: by.userId };
  return message(by.tenantId, 'task.assigned', body, `task-${taskId}`);
};

/** What the service answered. */
export type Answer = {
  readonly status: number;
  readonly token: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
};

const askAt =
  (url: string) =>
  async (viewer: Viewer, query: string, variables: object = {}, token?: string | null): Promise<Answer> => {
    const response = await fetch(url, {
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

const idsOf = (
  database: Database,
  { tenantId, userId }: AuthenticatedViewer,
): Promise<readonly NotificationId[]> =>
  database.readPrimary({ tenantId }, async (tx) => {
    const rows = await tx.notification.findMany({ where: { tenantId, recipientId: userId } });
    return rows.map(({ notificationId }) => notificationId as NotificationId);
  });

/** What the counter says, and what counting gives. */
const counts = (database: Database, { tenantId, userId }: AuthenticatedViewer) =>
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

/** Query: a page and the count. */
export const LIST = `query ($first: Int, $after: String, $filter: NotificationFilter) {
  notifications(first: $first, after: $after, filter: $filter) {
    nodes { id kind title isRead readAt archivedAt version actor { id }
      subject { __typename ... on Task { id } ... on Project { id } ... on User { id } } }
    pageInfo { hasNextPage endCursor }
  }
  unreadNotificationCount
}`;
/** Mutation: read one. */
export const MARK_READ = `mutation ($input: MarkNotificationReadInput!) {
  markNotificationRead(input: $input) { notification { id isRead version } userErrors { code field } } }`;
/** Mutation: archive one. */
export const ARCHIVE = `mutation ($input: ArchiveNotificationInput!) {
  archiveNotification(input: $input) { notification { id isRead archivedAt version } userErrors { code } } }`;
/** Mutation: read all. */
export const MARK_ALL = `mutation ($input: MarkAllNotificationsReadInput!) {
  markAllNotificationsRead(input: $input) { inbox { unreadCount readUpTo version } userErrors { code } } }`;
/** Mutation: change a preference. */
export const PREFER = `mutation ($input: UpdateNotificationPreferenceInput!) {
  updateNotificationPreference(input: $input) {
    preferences { version preferences { kind channel isEnabled } } userErrors { code field } } }`;
