import { beforeEach, describe, expect, it } from '@jest/globals';
import { commandHandler, memoryEventStore } from '@saas/event-sourcing';
import { bucketOfId, newId, newTenantId, testClock, type UserId } from '@saas/kernel';
import type { Message } from '@saas/messaging';
import { knownUser } from '../known-user/known-user.decider.ts';
import { projectStream } from '../project/project.events.ts';
import { addMemberWork } from '../project/project-work.context.ts';
import { usersSubscription } from './users.reaction.ts';

const clock = testClock();
const tenantId = newTenantId(clock);
const bucket = bucketOfId(tenantId);
const ada = newId('usr', bucket, clock);
const projectId = newId('prj', bucket, clock);
const at = clock.now().toISOString();
clock.advance(120_000);

let store: ReturnType<typeof memoryEventStore>;
let subscription: ReturnType<typeof usersSubscription>;

beforeEach(() => {
  store = memoryEventStore(clock);
  subscription = usersSubscription(commandHandler({ decider: knownUser, store, announce: () => [] }));
});

const message = (routingKey: string, sequence: number, body: unknown = { userId: ada, at }): Message => ({
  id: newId('evt', bucket, clock),
  tenantId,
  topic: 'user_events',
  routingKey,
  stream: `account-${ada}`,
  sequence,
  body,
  headers: { 'x-request-id': 'request-1' },
});

const standingOf = async (userId: UserId) => {
  const by = { userId: newId('usr', bucket, clock), tenantRole: 'MEMBER' } as const;
  const command = { type: 'AddProjectMember', userId, role: 'MEMBER', by, at } as const;
  const { commands, dependsOn } = await addMemberWork({ store, clock, tenantId, projectId, command })();
  expect(commands[0]?.stream).toBe(projectStream(projectId));
  const first = commands[0]?.command;
  return {
    standing: first?.type === 'AddProjectMember' ? first.standing : null,
    version: dependsOn?.[0]?.version,
  };
};

describe('a user', () => {
  it('is active once the users service has told of the account', async () => {
    await subscription.handle(message('user.created', 1));
    expect(await standingOf(ada)).toEqual({ standing: 'active', version: 1 });
  });

  it('stays known when the same message comes again', async () => {
    const created = message('user.created', 1);
    await subscription.handle(created);
    await expect(subscription.handle(created)).rejects.toMatchObject({ code: 'MESSAGE_ALREADY_RECEIVED' });
    expect(await standingOf(ada)).toEqual({ standing: 'active', version: 1 });
  });

  it('is deactivated by a later message, with others in between', async () => {
    await subscription.handle(message('user.created', 1));
    await subscription.handle(message('user.profile_updated', 2));
    await subscription.handle(message('user.deactivated', 3));
    expect(await standingOf(ada)).toEqual({ standing: 'deactivated', version: 2 });
  });

  it('is no colleague any more once erased', async () => {
    await subscription.handle(message('user.created', 1));
    await subscription.handle(message('user.erased', 2));
    expect(await standingOf(ada)).toEqual({ standing: 'deactivated', version: 2 });
  });

  it('is unknown without news', async () => {
    expect(await standingOf(ada)).toEqual({ standing: 'unknown', version: 0 });
  });

  it('is too new when the id was made within the last minute', async () => {
    const standing = await standingOf(newId('usr', bucket, clock));
    expect(standing).toEqual({ standing: 'too-new', version: 0 });
  });

  it('is unknown, however new, when the id is another tenant’s', async () => {
    const { standing } = await standingOf(newId('usr', (bucket + 1) % 1_024, clock));
    expect(standing).toBe('unknown');
  });
});

it('refuses a message that overtook another, so that it comes again', async () => {
  await expect(subscription.handle(message('user.deactivated', 2))).rejects.toMatchObject({
    code: 'MESSAGE_EARLY',
  });
});

it('refuses a message without a user', async () => {
  await expect(subscription.handle(message('user.created', 1, { at }))).rejects.toMatchObject({
    code: 'USER_MESSAGE_MALFORMED',
  });
});

it('refuses a message of a newer schema version than it knows', async () => {
  const newer = { ...message('user.created', 1), headers: { cloudEvents_schemaversion: 2 } };
  await expect(subscription.handle(newer)).rejects.toMatchObject({ code: 'MESSAGE_VERSION_UNKNOWN' });
});
