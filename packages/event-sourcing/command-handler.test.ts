import { expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import {
  commandHandler,
  memoryEventStore,
  type Claim,
  type Decider,
  type DomainEvent,
  type EventStore,
  type StreamId,
} from './index.ts';

type Added = DomainEvent<'Added', { to: number }>;
/** Adds, and records the total it decided on, so that deciding on stale state would show. */
const counter: Decider<number, number, Added> = {
  initialState: 0,
  evolve: (_, { data }) => data.to,
  decide: (by, total) => (by === 0 ? [] : [{ type: 'Added', data: { to: total + by } }]),
};

const tenantId = newTenantId(systemClock);
const metadata = { actor: 'ada', requestId: 'request-1' };
const claim = (key: string, requestHash = 'hash'): Claim => ({ scope: 'ada', key, requestHash });
const stream: StreamId = 'counter-1';

const counting = (
  store: EventStore = memoryEventStore(),
  snapshots?: { schemaVersion: number; every: number },
) => {
  const handle = commandHandler({
    decider: counter,
    store,
    announce: () => [],
    pause: async () => undefined,
    ...(snapshots && { snapshots }),
  });
  return async (by: number, options: { claim?: Claim; expectedVersion?: number; stream?: StreamId } = {}) => {
    const { claim: promise, ...on } = options;
    const commands = [{ stream, command: by, ...on }];
    const request = { tenantId, metadata, work: { commands }, ...(promise && { claim: promise }) };
    return (await handle(request)).results[0];
  };
};

const assertAbsent = (): never => {
  throw new Error('absent');
};

/** Lets a rival in just before each of the first `rivals` appends. */
const contested = (rivals: number): EventStore => {
  const store = memoryEventStore();
  let left = rivals;
  return {
    ...store,
    append: async (append) => {
      if ((left -= 1) >= 0) {
        const streams = append.streams.map((each) => ({
          ...each,
          events: [{ type: 'Added', data: { to: 10 } }],
        }));
        await store.append({ tenantId, metadata, streams });
      }
      return store.append(append);
    },
  };
};

it('decides again on fresh state after losing a race', async () => {
  expect(await counting(contested(1))(1)).toEqual({ stream, state: 11, version: 2 });
});

it('gives up after twenty-five lost races, no earlier', async () => {
  expect(await counting(contested(24))(1)).toMatchObject({ version: 25 });
  await expect(counting(contested(25))(1)).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
});

it('answers a repeated request with what it led to the first time', async () => {
  const add = counting();
  const first = await add(1, { claim: claim('a') });
  await add(1, { claim: claim('b') });
  expect(await add(1, { claim: claim('a') })).toEqual(first);
});

it('answers a repeated creation with the thing that was created then', async () => {
  const add = counting();
  const first = await add(1, { claim: claim('a'), stream: 'counter-x' });
  expect(await add(1, { claim: claim('a'), stream: 'counter-y' })).toEqual(first);
});

it('refuses a key that comes back with another request, and changes nothing', async () => {
  const add = counting();
  await add(1, { claim: claim('a') });
  await expect(add(2, { claim: claim('a', 'other') })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
    fields: { field: 'idempotencyKey' },
  });
  expect(await add(0)).toMatchObject({ version: 1 });
});

it('refuses a caller who looked at another version, without a retry', async () => {
  const add = counting();
  await add(1);
  await expect(add(1, { expectedVersion: 0 })).rejects.toMatchObject({
    code: 'VERSION_STALE',
    definition: { retryable: false },
    fields: { field: 'expectedVersion', expected: 0, actual: 1 },
  });
  expect(await add(1, { expectedVersion: 1 })).toMatchObject({ version: 2 });
});

it('does not tell the version to whom the command is refused anyway', async () => {
  const refusing = { ...counter, decide: () => assertAbsent() };
  const handle = commandHandler({ decider: refusing, store: memoryEventStore(), announce: () => [] });
  const work = { commands: [{ stream, command: 1, expectedVersion: 7 }] };
  await expect(handle({ tenantId, metadata, work })).rejects.toThrow('absent');
});

it('does not read a stream that is new, unless somebody else has made it', async () => {
  const store = memoryEventStore();
  let reads = 0;
  const counted: EventStore = {
    ...store,
    read: (...args) => {
      reads += 1;
      return store.read(...args);
    },
  };
  const handle = commandHandler({
    decider: counter,
    store: counted,
    announce: () => [],
    pause: async () => undefined,
  });
  const work = { commands: [{ stream, command: 1, isNew: true as const }] };
  expect((await handle({ tenantId, metadata, work })).results[0]).toMatchObject({ version: 1 });
  expect(reads).toBe(0);
  expect((await handle({ tenantId, metadata, work })).results[0]).toMatchObject({ version: 2 });
});

it('reaches the same state with snapshots as without', async () => {
  const plain = counting();
  const kept = counting(memoryEventStore(), { schemaVersion: 1, every: 3 });
  for (let by = 1; by <= 20; by += 1) expect(await kept(by)).toEqual(await plain(by));
});

it('prepares its commands again when what they were made from has moved', async () => {
  const store = memoryEventStore();
  const handle = commandHandler({
    decider: counter,
    store,
    announce: () => [],
    pause: async () => undefined,
  });
  const add = counting(store);
  await add(1);
  let prepared = 0;
  await handle({
    tenantId,
    metadata,
    work: async () => {
      prepared += 1;
      const [slice] = await store.read(tenantId, [stream]);
      const dependsOn = [{ stream, version: slice?.version ?? 0 }];
      if (prepared === 1) await add(1);
      return { commands: [{ stream: 'counter-2' as const, command: 1 }], dependsOn };
    },
  });
  expect(prepared).toBe(2);
});
