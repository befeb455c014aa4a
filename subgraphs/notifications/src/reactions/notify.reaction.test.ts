import { beforeEach, describe, expect, it } from '@jest/globals';
import { commandHandler, memoryEventStore, stateOf, type StreamId } from '@saas/event-sourcing';
import { bucketOfId, newId, newTenantId, testClock } from '@saas/kernel';
import { memoryMessageBus, type Message, type MessageBus } from '@saas/messaging';
import { announceNotification } from '../notification/notification.announcements.ts';
import { notification, type Notification } from '../notification/notification.decider.ts';
import type { NotificationEvent } from '../notification/notification.events.ts';
import { announcePreferences } from '../preferences/preferences.announcements.ts';
import { preferences } from '../preferences/preferences.decider.ts';
import { preferencesStream, type PreferenceKey } from '../preferences/preferences.values.ts';
import { notificationSubscriptions } from './notify.reaction.ts';

const clock = testClock();
const tenantId = newTenantId(clock);
const bucket = bucketOfId(tenantId);
const [ada, ben, eve] = [
  newId('usr', bucket, clock),
  newId('usr', bucket, clock),
  newId('usr', bucket, clock),
];
const projectId = newId('prj', bucket, clock);
const taskId = newId('tsk', bucket, clock);
const at = clock.now().toISOString();
const taskStream: StreamId = `task-${taskId}`;

let store: ReturnType<typeof memoryEventStore>;
let bus: MessageBus;
let failures: unknown[];

beforeEach(async () => {
  store = memoryEventStore(clock);
  failures = [];
  bus = memoryMessageBus({ onFailure: (error) => failures.push(error) });
  const handle = commandHandler({ decider: notification, store, announce: announceNotification });
  for (const each of notificationSubscriptions({ handle, store, clock })) await bus.subscribe(each);
});

const message = (
  routingKey: string,
  body: unknown,
  { stream = taskStream, sequence = 1 }: { stream?: StreamId; sequence?: number } = {},
): Message => ({
  id: newId('evt', bucket, clock),
  tenantId,
  topic: routingKey.startsWith('user.') ? 'user_events' : 'project_events',
  routingKey,
  stream,
  sequence,
  body,
  headers: { 'x-request-id': 'request-1' },
});

/** Everything that was created, read back from the store. */
const notifications = async () => {
  const streams = store.outbox
    .filter(({ routingKey }) => routingKey === 'notification.created')
    .map(({ stream }) => stream);
  const slices = await store.read<NotificationEvent>(tenantId, streams);
  return slices.map((slice): Notification => stateOf(notification, slice));
};

const silence = async (userId: typeof ada, key: PreferenceKey) => {
  const handle = commandHandler({ decider: preferences, store, announce: announcePreferences });
  await handle({
    tenantId,
    metadata: { actor: userId, requestId: 'request-0' },
    work: {
      commands: [
        {
          stream: preferencesStream(userId),
          command: { type: 'ChangeNotificationPreference', ...key, enabled: false, by: userId, at },
        },
      ],
    },
  });
};

const assigned = {
  taskId,
  projectId,
  title: 'Paint the shed',
  assigneeId: ben,
  previousAssigneeId: null,
  by: ada,
  at,
};
const completed = {
  taskId,
  projectId,
  title: 'Paint the shed',
  createdBy: ada,
  assigneeId: ben,
  by: eve,
  at,
};

describe('what people are told', () => {
  it('is who was added to a project', async () => {
    const event = message('project.member_added', {
      projectId,
      userId: ben,
      role: 'MAINTAINER',
      by: ada,
      at,
    });
    await bus.publish([event]);
    expect(await notifications()).toEqual([
      expect.objectContaining({
        kind: 'PROJECT_MEMBER_ADDED',
        subject: { type: 'PROJECT', id: projectId },
        data: { role: 'MAINTAINER' },
        recipientId: ben,
        actorId: ada,
        causedBy: event.id,
      }),
    ]);
  });

  it('is recorded with what led to it, and announced with the request that began it all', async () => {
    const event = message('task.assigned', assigned);
    const headers = { 'x-request-id': 'request-2', 'x-correlation-id': 'request-1' };
    await bus.publish([{ ...event, headers }]);
    const [told] = store.outbox;
    const [recorded] = await store.readPage(tenantId, told?.stream ?? taskStream, { after: 0, limit: 1 });
    expect(recorded?.metadata).toEqual({
      actor: 'notifications',
      requestId: 'request-2',
      causationId: event.id,
      correlationId: 'request-1',
    });
    expect(told?.headers).toMatchObject({ 'x-causation-id': event.id, 'x-correlation-id': 'request-1' });
  });

  it('is whose role in a project changed', async () => {
    await bus.publish([
      message('project.member_role_changed', { projectId, userId: ben, role: 'OWNER', by: ada, at }),
    ]);
    expect(await notifications()).toMatchObject([{ kind: 'PROJECT_ROLE_CHANGED', recipientId: ben }]);
  });

  it('is to whom a task was assigned', async () => {
    await bus.publish([message('task.assigned', assigned)]);
    expect(await notifications()).toMatchObject([
      {
        kind: 'TASK_ASSIGNED',
        subject: { type: 'TASK', id: taskId },
        data: { title: 'Paint the shed' },
        recipientId: ben,
      },
    ]);
  });

  it('is nothing when a task is taken from someone', async () => {
    await bus.publish([message('task.assigned', { ...assigned, assigneeId: null, previousAssigneeId: ben })]);
    expect(await notifications()).toEqual([]);
  });

  it('is that a task was completed, to its creator and its assignee, by one transaction', async () => {
    await bus.publish([message('task.completed', completed)]);
    expect(await notifications()).toMatchObject([{ recipientId: ada }, { recipientId: ben }]);
  });

  it('is said once to someone who is both creator and assignee', async () => {
    await bus.publish([message('task.completed', { ...completed, assigneeId: ada })]);
    expect(await notifications()).toMatchObject([{ recipientId: ada }]);
  });

  it.each([
    ['project.member_added', { projectId, userId: ada, role: 'OWNER', by: ada, at }],
    ['project.member_role_changed', { projectId, userId: ada, role: 'VIEWER', by: ada, at }],
    ['task.assigned', { ...assigned, assigneeId: ada }],
    ['task.completed', { ...completed, createdBy: eve, assigneeId: null }],
  ])('is nothing that they did themselves: %s', async (routingKey, body) => {
    await bus.publish([message(routingKey, body)]);
    expect(await notifications()).toEqual([]);
    expect(failures).toEqual([]);
  });

  it.each([
    ['user.password_changed', 'PASSWORD_CHANGED'],
    ['user.email_changed', 'EMAIL_CHANGED'],
    ['user.sessions_revoked', 'SESSIONS_REVOKED'],
  ])('is what happened to their account: %s', async (routingKey, change) => {
    await bus.publish([message(routingKey, { userId: ada, at }, { stream: `account-${ada}` })]);
    expect(await notifications()).toMatchObject([
      {
        kind: 'ACCOUNT_SECURITY',
        subject: { type: 'USER', id: ada },
        data: { change },
        recipientId: ada,
        actorId: null,
      },
    ]);
  });

  it('is not what they have switched off for the inbox', async () => {
    await silence(ben, { kind: 'TASK_COMPLETED', channel: 'IN_APP' });
    await bus.publish([message('task.completed', completed)]);
    expect(await notifications()).toMatchObject([{ recipientId: ada }]);
  });

  it('comes to the inbox although its e-mail is switched off', async () => {
    await silence(ben, { kind: 'TASK_ASSIGNED', channel: 'EMAIL' });
    await bus.publish([message('task.assigned', assigned)]);
    expect(await notifications()).toMatchObject([{ channels: ['IN_APP'] }]);
  });

  it('goes by e-mail alone to who wants it so', async () => {
    await silence(ben, { kind: 'TASK_ASSIGNED', channel: 'IN_APP' });
    await bus.publish([message('task.assigned', assigned)]);
    expect(await notifications()).toMatchObject([{ channels: ['EMAIL'], digest: 'HOURLY' }]);
  });

  it('goes at once when it concerns the security of the account', async () => {
    await bus.publish([message('user.password_changed', { userId: ada, at }, { stream: `account-${ada}` })]);
    const [told] = await notifications();
    expect(told).toMatchObject({ channels: ['IN_APP', 'EMAIL'] });
    expect(told).not.toHaveProperty('digest');
  });
});

describe('a message', () => {
  it('has its effect once, however often it comes', async () => {
    const event = message('task.assigned', assigned);
    expect(await bus.publish([event])).toEqual(new Set([event.id]));
    for (let time = 0; time < 2; time += 1) await bus.publish([event]);
    const again = expect.objectContaining({ code: 'MESSAGE_ALREADY_RECEIVED' });
    expect(failures).toEqual([again, again]);
    expect(await notifications()).toHaveLength(1);
  });

  it('that comes too early is refused, and has its effect in its turn', async () => {
    const first = message('task.created', { taskId });
    const second = message('task.assigned', assigned, { sequence: 2 });
    expect(await bus.publish([second])).toEqual(new Set());
    expect(failures).toEqual([expect.objectContaining({ code: 'MESSAGE_EARLY' })]);
    expect(await notifications()).toEqual([]);

    expect(await bus.publish([first, second])).toEqual(new Set([first.id, second.id]));
    expect(await notifications()).toHaveLength(1);
  });

  it.each(['task.exploded', 'project.created', 'constructor'])(
    'with a routing key of no interest is received and leads to nothing: %s',
    async (routingKey) => {
      const event = message(routingKey, 'whatever');
      expect(await bus.publish([event])).toEqual(new Set([event.id]));
      expect(await notifications()).toEqual([]);
    },
  );

  it.each([
    ['task.assigned', null, 'body'],
    ['task.assigned', [], 'body'],
    ['task.assigned', { ...assigned, assigneeId: undefined }, 'assigneeId'],
    ['task.assigned', { ...assigned, taskId: projectId }, 'taskId'],
    ['task.assigned', { ...assigned, title: '' }, 'title'],
    ['task.completed', { ...completed, createdBy: 'usr_1' }, 'createdBy'],
    ['project.member_added', { projectId, userId: ben, role: 7, by: ada, at }, 'role'],
  ])('that is malformed is refused by name of the field: %s %j', async (routingKey, body, field) => {
    expect(await bus.publish([message(routingKey, body)])).toEqual(new Set());
    expect(failures).toEqual([
      expect.objectContaining({ code: 'MESSAGE_BODY_MALFORMED', fields: { routingKey, field } }),
    ]);
    expect(await notifications()).toEqual([]);
  });

  it('of a newer schema version than we know is refused, unless it is of no interest', async () => {
    const headers = { cloudEvents_schemaversion: 2 };
    await bus.publish([{ ...message('task.assigned', assigned), headers }]);
    expect(failures).toEqual([expect.objectContaining({ code: 'MESSAGE_VERSION_UNKNOWN' })]);
    const other = { ...message('task.exploded', {}, { stream: 'task-other' }), headers };
    expect(await bus.publish([other])).toEqual(new Set([other.id]));
  });

  it('whose body was no JSON is refused, unless it is of no interest', async () => {
    const body = { unreadable: { bytes: 1, base64: 'ew==' } };
    await bus.publish([message('task.assigned', body)]);
    expect(failures).toEqual([expect.objectContaining({ code: 'MESSAGE_BODY_MALFORMED' })]);
    const other = message('task.exploded', body, { stream: 'task-other' });
    expect(await bus.publish([other])).toEqual(new Set([other.id]));
  });

  it('of a malformed tenant is refused', async () => {
    await bus.publish([{ ...message('task.assigned', assigned), tenantId: 'ten_1' as typeof tenantId }]);
    expect(failures).toEqual([expect.objectContaining({ code: 'MESSAGE_BODY_MALFORMED' })]);
  });
});
