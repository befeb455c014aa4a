import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { defineErrors } from '@saas/kernel';
import type { Message } from '@saas/messaging';
import { describeParkedMessagesContract } from '@saas/messaging/testing';
import {
  askReplay,
  countReplay,
  deadLetterActions,
  dropLetter,
  parkedHeads,
  parkedLetters,
  postgresParkedMessages,
} from '@saas/postgres';
import {
  openParkingDatabase,
  senderOf,
  startParkingConsumer,
  upTo,
  type ParkingDatabase,
} from '../support/parking-consumer.ts';
import { until } from '../support/until.ts';

const errors = defineErrors({
  NEVER: { audience: 'operator', retryable: false, message: 'This can never be handled.' },
});
const stops: (() => Promise<unknown>)[] = [];
let kept: ParkingDatabase;
beforeAll(async () => {
  kept = await openParkingDatabase();
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});
afterAll(() => kept.stop());

let fresh = 0;
const start = async (given: Partial<Parameters<typeof startParkingConsumer>[1]> = {}) => {
  const queue = given.queue ?? `consumer-${(fresh += 1)}`;
  const consumer = await startParkingConsumer(kept.database, { ...given, queue });
  stops.push(consumer.stop);
  return { queue, ...consumer };
};
/** A consumer that cannot handle the first message of a stream until it is repaired, and what waits behind it. */
const startBroken = async (behind: number) => {
  const sender = senderOf();
  const stream = sender.newStream();
  const all = sender.messages(stream, 1, behind + 1);
  const [poison] = all as [Message];
  let isRepaired = false;
  const consumer = await start({
    failing: ({ id }) => (id === poison.id && !isRepaired ? errors.NEVER({ what: 'x' }) : undefined),
  });
  expect((await consumer.bus.publish(all)).size).toBe(all.length);
  const { tenantId } = sender;
  const client = kept.ownerOf(tenantId);
  return {
    ...sender,
    consumer,
    stream,
    poison,
    all,
    client,
    repair: () => void (isRepaired = true),
    effects: () => consumer.effects(tenantId, stream),
    head: async () => (await parkedHeads(client)).find((each) => each.stream === stream),
  };
};
const by = { actor: 'ada@desk', perSecond: 1_000 };

describeParkedMessagesContract('postgresParkedMessages', async () => {
  const perStreamMax = 50;
  const other = await kept.connect();
  stops.push(() => other.stop());
  return {
    parked: postgresParkedMessages(kept.database, { perStreamMax }),
    other: postgresParkedMessages(other, { perStreamMax }),
    perStreamMax,
  };
});

describe('a message that fails', () => {
  it('is tried again until it succeeds; the effects of its stream come in order, those of others do not wait', async () => {
    const { tenantId, newStream, messages } = senderOf();
    const [slow, quick] = [newStream(), newStream()];
    let failures = 2;
    const { bus, effects, outcomes } = await start({
      failing: ({ stream, sequence }) =>
        stream === slow && sequence === 2 && (failures -= 1) >= 0 ? new Error('not yet') : undefined,
    });
    await bus.publish([...messages(slow, 1, 5), ...messages(quick, 1, 5)]);
    expect(await effects(tenantId, quick)).toEqual(upTo(5));
    await until(async () => (await effects(tenantId, slow)).length === 5);
    expect(await effects(tenantId, slow)).toEqual(upTo(5));
    const tries = outcomes.filter(({ stream, sequence }) => stream === slow && sequence === 2);
    expect(tries.map(({ outcome }) => outcome)).toEqual(['retrying', 'retrying', 'handled']);
    await until(async () =>
      (await parkedHeads(kept.ownerOf(tenantId))).every(({ stream }) => stream !== slow),
    );
  });

  it('is shown with why, and with how many wait behind it', async () => {
    const { head, poison, client, consumer } = await startBroken(4);
    expect(await head()).toMatchObject({
      consumer: consumer.queue,
      messageId: poison.id,
      state: 'dead',
      attempts: 1,
      errorCode: 'NEVER',
      errorText: 'This can never be handled. {"what":"x"}',
      behind: 4,
    });
    const [letter] = await parkedLetters(client, poison.id);
    expect(letter).toMatchObject({ body: poison.body, headers: poison.headers, topic: poison.topic });
  });

  it('is kept across a restart of its consumer, and so is what it holds', async () => {
    const { consumer, effects, client, poison, tenantId, stream } = await startBroken(3);
    await consumer.stop();
    const { queue } = consumer;
    await start({ queue });
    expect(await effects()).toEqual([]);
    await askReplay(client, { kind: 'message', id: poison.id }, by);
    await until(async () => (await consumer.effects(tenantId, stream)).length === 4);
    expect(await effects()).toEqual(upTo(4));
  });
});

describe('a replay', () => {
  it('hands the message over, then those behind it and those that come meanwhile, in order', async () => {
    const { consumer, client, repair, effects, messages, stream, head, poison } = await startBroken(30);
    repair();
    const replay = await askReplay(client, { kind: 'message', id: poison.id }, by);
    expect(replay).toMatchObject({ messages: 31, streams: 1 });
    await consumer.bus.publish(messages(stream, 32, 60));
    await until(async () => (await effects()).length === 60);
    expect(await effects()).toEqual(upTo(60));
    await until(async () => (await head()) === undefined);
    const [action] = await deadLetterActions(client, { limit: 1, actionId: replay?.actionId ?? '' });
    expect(action).toMatchObject({ kind: 'replay', actor: 'ada@desk', messages: 31, handled: 31, failed: 0 });
    expect(action?.finishedAt).toBeInstanceOf(Date);
  });

  it('is carried out once and in order by several processes', async () => {
    const { consumer, client, repair, effects, poison } = await startBroken(30);
    for (let process = 0; process < 2; process += 1) await start({ queue: consumer.queue });
    repair();
    await askReplay(client, { kind: 'message', id: poison.id }, by);
    await until(async () => (await effects()).length === 31);
    expect(await effects()).toEqual(upTo(31));
  });

  it('that fails leaves the message dead and the others held, and says so', async () => {
    const { client, effects, head, poison } = await startBroken(2);
    const replay = await askReplay(client, { kind: 'stream', stream: poison.stream }, by);
    const action = async () =>
      (await deadLetterActions(client, { limit: 1, actionId: replay?.actionId ?? '' }))[0];
    await until(async () => (await action())?.finishedAt instanceof Date);
    expect(await action()).toMatchObject({ messages: 3, handled: 0, failed: 1 });
    expect(await head()).toMatchObject({ state: 'dead', behind: 2 });
    expect(await effects()).toEqual([]);
  });

  it('hands over no more in a second than it was told', async () => {
    const { client, repair, effects, poison, all } = await startBroken(5);
    repair();
    const startedMs = performance.now();
    await askReplay(client, { kind: 'all' }, { ...by, perSecond: 20 });
    await until(async () => (await effects()).length === all.length);
    // At 20 a second, six of one stream need a quarter of a second, however quick the machine is.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(250);
    expect(await parkedLetters(client, poison.id)).toEqual([]);
  });

  it('that is only counted changes nothing', async () => {
    const { client, head, poison } = await startBroken(2);
    const before = await head();
    expect(await countReplay(client, { kind: 'message', id: poison.id })).toEqual({
      messages: 3,
      streams: 1,
      ids: [poison.id],
    });
    expect(await head()).toEqual(before);
  });

  it('of a message behind another is refused by naming that one', async () => {
    const { client, all, poison } = await startBroken(2);
    const subject = { kind: 'message', id: all[1]?.id ?? '' } as const;
    const refusal = { code: 'LETTER_BEHIND_ANOTHER', fields: { id: subject.id, first: poison.id } };
    await expect(askReplay(client, subject, by)).rejects.toMatchObject(refusal);
  });

  it('of nothing is none', async () => {
    const { client } = await startBroken(0);
    expect(await askReplay(client, { kind: 'stream', stream: 'task-unknown' }, by)).toBeUndefined();
  });
});

describe('a dropped message', () => {
  const drop = { actor: 'ada@desk', reason: 'written by a broken release', skipsMissing: false };

  it('has no effect, is written down, and those behind it follow', async () => {
    const { consumer, client, poison, effects } = await startBroken(3);
    expect(await dropLetter(client, { ...drop, id: poison.id })).toEqual({ consumer: consumer.queue });
    const [action] = await deadLetterActions(client, { limit: 1 });
    expect(action).toMatchObject({ kind: 'drop', actor: 'ada@desk', reason: drop.reason });
    await until(async () => (await effects()).length === 3);
    expect(await effects()).toEqual([2, 3, 4]);
  });

  it('is the first of its stream, or the drop is refused', async () => {
    const { client, all, poison } = await startBroken(1);
    const id = all[1]?.id ?? '';
    const refusal = { code: 'LETTER_BEHIND_ANOTHER', fields: { id, first: poison.id } };
    await expect(dropLetter(client, { ...drop, id })).rejects.toMatchObject(refusal);
  });

  it('is known, or the drop is refused', async () => {
    const refusal = { code: 'LETTER_UNKNOWN' };
    await expect(dropLetter(kept.owners[0] as never, { ...drop, id: 'evt_1' })).rejects.toMatchObject(
      refusal,
    );
  });

  it('after messages that never came is refused, unless they are given up, too', async () => {
    const { tenantId, newStream, messages } = senderOf();
    const { bus } = await start();
    const [early] = messages(newStream(), 3, 3) as [Message];
    await bus.publish([early]);
    const client = kept.ownerOf(tenantId);
    const refusal = { code: 'LETTER_AFTER_GAP', fields: { id: early.id, missing: 2 } };
    await expect(dropLetter(client, { ...drop, id: early.id })).rejects.toMatchObject(refusal);
    await dropLetter(client, { ...drop, id: early.id, skipsMissing: true });
    expect(await parkedLetters(client, early.id)).toEqual([]);
  });
});

describe('what the service itself may do to the record of actions', () => {
  it('is to note progress, not to add, change or delete an entry', async () => {
    const { database } = kept;
    const [shard = ''] = database.shardNames();
    const attempts = [
      () => database.asSystem(shard, (tx) => tx.$executeRaw`DELETE FROM dead_letter_actions`),
      () => database.asSystem(shard, (tx) => tx.$executeRaw`UPDATE dead_letter_actions SET actor = 'nobody'`),
      () =>
        database.asSystem(
          shard,
          (tx) => tx.$executeRaw`
            INSERT INTO dead_letter_actions (action_id, kind, actor, subject, messages) VALUES ('a', 'drop', 'b', 'c', 0)`,
        ),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(/permission denied|denied/);
  });
});
