import { afterEach, describe, expect, it } from '@jest/globals';
import { eventStoreErrors } from '@saas/event-sourcing';
import { defineErrors } from '@saas/kernel';
import { aMessage } from '@saas/messaging/testing';
import {
  memoryMessageBus,
  memoryParkedMessages,
  parkFailures,
  startParkedRunner,
  type Message,
  type Outcome,
  type ParkedRunner,
  type Subscription,
} from './index.ts';

const errors = defineErrors({
  BODY_MALFORMED: { audience: 'operator', retryable: false, message: 'The body is malformed.' },
  DATABASE_UNAVAILABLE: { audience: 'client', retryable: true, message: 'Away.' },
});
const message = (stream: Message['stream'], sequence: number): Message =>
  aMessage({ id: `${stream}-${sequence}`, stream, sequence });
const upTo = (stream: Message['stream'], count: number) =>
  Array.from({ length: count }, (_, index) => message(stream, index + 1));

const runners: ParkedRunner[] = [];
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
});

/** A consumer in order, as one with receipts is, whose handling of a message fails as told. */
const listening = async (
  failing: (message: Message) => unknown,
  given: { attemptsMax?: number; perStreamMax?: number; hasRoom?: () => boolean } = {},
) => {
  const { attemptsMax = 3, perStreamMax = 100 } = given;
  const parked = memoryParkedMessages({ perStreamMax });
  const retries = { attemptsMax, baseMs: 1, maxMs: 2 };
  const seen = new Map<string, number>();
  const effects: string[] = [];
  const outcomes: string[] = [];
  const waiters = new Set<() => void>();
  const onOutcome = (outcome: Outcome, { id }: Message): void => {
    outcomes.push(`${outcome} ${id}`);
    for (const wake of waiters) wake();
  };
  const subscription: Subscription = {
    queue: 'q',
    bindings: [{ topic: 't', pattern: '#' }],
    handle: async (each) => {
      const position = seen.get(each.stream) ?? 0;
      if (each.sequence <= position) throw eventStoreErrors.MESSAGE_ALREADY_RECEIVED();
      if (each.sequence > position + 1) throw eventStoreErrors.MESSAGE_EARLY();
      const failure = failing(each);
      if (failure !== undefined) throw failure;
      seen.set(each.stream, each.sequence);
      effects.push(each.id);
    },
  };
  const errorsSeen: unknown[] = [];
  const runner = startParkedRunner({
    parked,
    retries,
    idleMs: 5,
    onOutcome,
    onError: (error) => errorsSeen.push(error),
  });
  runners.push(runner);
  runner.add(subscription);
  const bus = memoryMessageBus();
  const { hasRoom } = given;
  const options = { parked, retries, onOutcome, onParked: () => runner.wake(), ...(hasRoom && { hasRoom }) };
  await bus.subscribe(parkFailures(subscription, options));
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      await new Promise<void>((resolve) => waiters.add(resolve));
      waiters.clear();
    }
  };
  return { bus, parked, runner, effects, outcomes, until, errorsSeen };
};

describe('a message that fails', () => {
  it('is tried again, and has its effect before the later ones of its stream', async () => {
    let failures = 2;
    const { bus, effects, until } = await listening(({ id }) =>
      id === 'a-1-1' && (failures -= 1) >= 0 ? new Error('not yet') : undefined,
    );
    expect((await bus.publish(upTo('a-1', 3))).size).toBe(3);
    await until(() => effects.length === 3);
    expect(effects).toEqual(['a-1-1', 'a-1-2', 'a-1-3']);
  });

  it('for ever is given up after its last try, and holds its own stream alone', async () => {
    const { bus, effects, outcomes, parked, until } = await listening(({ id }) =>
      id === 'a-1-1' ? new Error('never') : undefined,
    );
    await bus.publish([...upTo('a-1', 3), ...upTo('a-2', 3)]);
    await until(() => outcomes.includes('dead a-1-1'));
    expect(effects).toEqual(['a-2-1', 'a-2-2', 'a-2-3']);
    expect(outcomes.filter((each) => each.endsWith(' a-1-1'))).toEqual([
      'retrying a-1-1',
      'retrying a-1-1',
      'dead a-1-1',
    ]);
    expect(parked.parked().map(({ state, message: { id } }) => `${state} ${id}`)).toEqual([
      'dead a-1-1',
      'held a-1-2',
      'held a-1-3',
    ]);
  });

  it('in a way that can never succeed is given up at once', async () => {
    const { bus, outcomes } = await listening(() => errors.BODY_MALFORMED());
    await bus.publish([message('a-1', 1)]);
    expect(outcomes).toEqual(['dead a-1-1']);
  });

  it('and is replayed once it can be handled, is followed by those it held, in order, late ones included', async () => {
    let isFixed = false;
    const { bus, effects, outcomes, parked, runner, until } = await listening(({ id }) =>
      id === 'a-1-1' && !isFixed ? errors.BODY_MALFORMED() : undefined,
    );
    await bus.publish(upTo('a-1', 20));
    isFixed = true;
    parked.replay('a-1-1');
    runner.wake();
    await bus.publish(upTo('a-1', 30).slice(20));
    await until(() => effects.length === 30);
    expect(effects).toEqual(upTo('a-1', 30).map(({ id }) => id));
    expect(outcomes.filter((each) => each.startsWith('handled'))).toHaveLength(30);
  });

  it('again when it is replayed is dead again after that one try', async () => {
    const { bus, outcomes, parked, runner, until } = await listening(() => new Error('never'), {
      attemptsMax: 1,
    });
    await bus.publish([message('a-1', 1)]);
    parked.replay('a-1-1');
    runner.wake();
    await until(() => outcomes.length === 2);
    expect(outcomes).toEqual(['dead a-1-1', 'dead a-1-1']);
  });
});

describe('a message', () => {
  it('that was received before is acknowledged and has no second effect', async () => {
    const { bus, effects, outcomes } = await listening(() => undefined);
    for (let time = 0; time < 2; time += 1) {
      expect(await bus.publish([message('a-1', 1)])).toEqual(new Set(['a-1-1']));
    }
    expect(effects).toEqual(['a-1-1']);
    expect(outcomes).toEqual(['handled a-1-1', 'duplicate a-1-1']);
  });

  it('that is early is kept, and has its effect in its turn', async () => {
    const { bus, effects, outcomes, until } = await listening(() => undefined);
    const [first, second, third] = upTo('a-1', 3) as [Message, Message, Message];
    expect((await bus.publish([third])).size).toBe(1);
    expect((await bus.publish([second])).size).toBe(1);
    await bus.publish([first]);
    await until(() => effects.length === 3);
    expect(effects).toEqual(['a-1-1', 'a-1-2', 'a-1-3']);
    expect(outcomes.slice(0, 2)).toEqual(['early a-1-3', 'early a-1-2']);
  });

  it('stays with its sender while the database is away', async () => {
    const { bus, outcomes, parked } = await listening(() => errors.DATABASE_UNAVAILABLE());
    expect(await bus.publish([message('a-1', 1)])).toEqual(new Set());
    expect(outcomes).toEqual(['returned a-1-1']);
    expect(parked.parked()).toEqual([]);
  });

  it('stays with its sender when its stream has no room for it', async () => {
    const { bus } = await listening(() => errors.BODY_MALFORMED(), { perStreamMax: 2 });
    expect(await bus.publish(upTo('a-1', 4))).toEqual(new Set(['a-1-1', 'a-1-2']));
  });

  it('stays with its sender when there is no room for any', async () => {
    const { bus } = await listening(() => errors.BODY_MALFORMED(), { hasRoom: () => false });
    expect(await bus.publish([message('a-1', 1)])).toEqual(new Set());
  });
});
