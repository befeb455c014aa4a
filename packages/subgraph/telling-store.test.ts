import { describe, expect, it } from '@jest/globals';
import {
  declarePermissionEffects,
  memoryPermissionChanges,
  type PermissionChange,
  type PermissionChanges,
} from '@saas/auth';
import { memoryEventStore, type DomainEvent, type EventStore, type StreamId } from '@saas/event-sourcing';
import { newId, newTenantId, systemClock, type UserId } from '@saas/kernel';
import { permissionRetelling } from './permission-retelling.ts';
import { tellingStore } from './telling-store.ts';

type Event =
  | DomainEvent<'DoorWasPainted', { colour: string }>
  | DomainEvent<'KeyWasTakenBack', { from: UserId }>
  | DomainEvent<'LockWasChanged', object>;

const effects = declarePermissionEffects<Event>({
  DoorWasPainted: 'nobody',
  KeyWasTakenBack: ({ from }) => [from],
  LockWasChanged: 'tenant',
});
const tenantId = newTenantId(systemClock);
const [ada, ben] = [newId('usr', 7, systemClock), newId('usr', 7, systemClock)];
const painted: Event = { type: 'DoorWasPainted', data: { colour: 'red' } };
const taken = (from: UserId): Event => ({ type: 'KeyWasTakenBack', data: { from } });

const appendTo = (store: EventStore, ...streams: readonly (readonly DomainEvent[])[]) =>
  store.append({
    tenantId,
    metadata: { actor: ada, requestId: 'request-1' },
    streams: streams.map((events, index) => ({
      stream: `door-${index}` as StreamId,
      expectedVersion: 0,
      events,
    })),
  });

/** A telling store, what it told, and what the store under it held at that moment. */
const world = (changes: PermissionChanges = memoryPermissionChanges()) => {
  const heard: PermissionChange[] = [];
  changes.subscribe({ onChange: (change) => heard.push(change), onGap: () => undefined });
  return { heard, store: tellingStore(memoryEventStore(), { effects, changes }) };
};

describe('a store that tells', () => {
  it('tells once of everybody whose rights an append changed', async () => {
    const { heard, store } = world();
    await appendTo(store, [painted, taken(ada)], [taken(ben), taken(ada)]);
    expect(heard).toEqual([{ tenantId, userIds: [ada, ben] }]);
  });

  it('tells of the whole tenant when one event affects it, or is not declared', async () => {
    const { heard, store } = world();
    await appendTo(store, [taken(ada), { type: 'LockWasChanged', data: {} }]);
    await appendTo(tellingStore(memoryEventStore(), { effects: new Map(), changes: changesOf(heard) }), [
      painted,
    ]);
    expect(heard).toEqual([
      { tenantId, userIds: 'all' },
      { tenantId, userIds: 'all' },
    ]);
  });

  it('says nothing of what affects nobody, nor of what was not stored', async () => {
    const { heard, store } = world();
    await appendTo(store, [painted]);
    await expect(appendTo(store, [taken(ada)])).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(heard).toEqual([]);
  });

  it('tells after the commit, before the answer', async () => {
    const order: string[] = [];
    const plain = memoryEventStore();
    const watched: EventStore = {
      ...plain,
      append: (append) => plain.append(append).finally(() => order.push('stored')),
    };
    const publish = async () => {
      order.push('told');
      return true;
    };
    await appendTo(tellingStore(watched, { effects, changes: { publish } }), [taken(ada)]);
    order.push('answered');
    expect(order).toEqual(['stored', 'told', 'answered']);
  });

  it('stores all the same when nobody can be told', async () => {
    const store = tellingStore(memoryEventStore(), { effects, changes: { publish: async () => false } });
    await appendTo(store, [taken(ada)]);
    const [slice] = await store.read(tenantId, ['door-0']);
    expect(slice?.version).toBe(1);
  });
});

describe('telling again', () => {
  const message = (routingKey: string, body: unknown = { userId: ada }) => ({ tenantId, routingKey, body });
  const retelling = (changes: Pick<PermissionChanges, 'publish'>) =>
    permissionRetelling({
      queue: 'doors.permissions',
      bindings: [{ topic: 'door_events', pattern: 'door.#' }],
      messages: { 'door.key_taken_back': 'user', 'door.lock_changed': 'tenant' },
      changes,
    });

  it('means whom the announcement names, or the tenant', async () => {
    const heard: PermissionChange[] = [];
    const { handle } = retelling(changesOf(heard));
    await handle(message('door.key_taken_back'));
    await handle(message('door.lock_changed'));
    await handle(message('door.key_taken_back', null));
    await handle(message('door.painted'));
    await handle({ ...message('door.lock_changed'), tenantId: 'nobody' });
    expect(heard.map(({ userIds }) => userIds)).toEqual([[ada], 'all', 'all']);
  });

  it('leaves the message to the bus while nobody can be told', async () => {
    const { handle } = retelling({ publish: async () => false });
    await expect(handle(message('door.lock_changed'))).rejects.toMatchObject({
      code: 'PERMISSION_CHANGE_UNTOLD',
    });
    await handle(message('door.painted'));
  });
});

const changesOf = (heard: PermissionChange[]): Pick<PermissionChanges, 'publish'> => ({
  publish: async (change) => {
    heard.push(change);
    return true;
  },
});
