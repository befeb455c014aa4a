import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { defineErrors } from '@saas/kernel';
import type { Message } from '@saas/messaging';
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
const root = join(import.meta.dirname, '../..');
let kept: ParkingDatabase;
const stops: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  kept = await openParkingDatabase();
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});
afterAll(() => kept.stop());

/** Types a command as an operator would. */
const dlq = (...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', MIGRATION_PROJECTS_SHARDS: kept.migrationUrls.join(';') };
    const script = join(root, 'scripts/dist/dlq.js');
    execFile(process.execPath, [script, ...args], { env, cwd: root }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
const json = async <Answer>(...args: readonly string[]): Promise<Answer> => {
  const { out, err } = await dlq(...args, '--json');
  if (err !== '') throw new Error(err);
  return JSON.parse(out) as Answer;
};

let fresh = 0;
/** A stream whose first message cannot be handled until it is repaired, with some behind it. */
const poisoned = async (behind: number) => {
  const { tenantId, newStream, messages } = senderOf();
  const stream = newStream();
  const all = messages(stream, 1, behind + 1);
  const [poison] = all as [Message];
  let isRepaired = false;
  const queue = `dlq-${(fresh += 1)}`;
  const consumer = await startParkingConsumer(kept.database, {
    queue,
    failing: ({ id }) => (id === poison.id && !isRepaired ? errors.NEVER() : undefined),
  });
  stops.push(consumer.stop);
  await consumer.bus.publish(all);
  return {
    queue,
    stream,
    poison,
    next: all[1]?.id ?? '',
    repair: () => void (isRepaired = true),
    effects: () => consumer.effects(tenantId, stream),
  };
};

describe('npm run dlq', () => {
  it('lists and shows what is parked, without bodies unless asked', async () => {
    const { poison, queue, stream } = await poisoned(2);
    const { out, code } = await dlq('list');
    expect(code).toBe(0);
    const line = out.split('\n').find((each) => each.includes(poison.id));
    expect(line).toMatch(
      new RegExp(`^${poison.id}  ${queue} .* dead .* 1 .* 2 .* task\\.moved #1 .* NEVER$`),
    );
    const shown = await dlq('show', poison.id);
    expect(shown.out).toContain(`stream    ${stream}, message 1`);
    expect(shown.out).toContain('NEVER: This can never be handled.');
    expect(shown.out).not.toContain(JSON.stringify(poison.body));
    expect((await dlq('show', poison.id, '--body')).out).toContain(JSON.stringify(poison.body));
    const [letter] = await json<{ messageId: string }[]>('show', poison.id);
    expect(letter).toMatchObject({ messageId: poison.id, state: 'dead', sequence: 1, service: 'projects' });
    expect(letter).not.toHaveProperty('body');
  });

  it('says what a dry run would replay, and replays nothing', async () => {
    const { poison, effects, repair } = await poisoned(2);
    repair();
    const plan = await json('replay', poison.id, '--dry-run');
    expect(plan).toEqual({ messages: 3, streams: 1, first: [poison.id] });
    const [letter] = await json<object[]>('show', poison.id);
    expect(letter).toMatchObject({ state: 'dead' });
    expect(await effects()).toEqual([]);
  });

  it('replays in order, says how it went, and keeps who asked for it', async () => {
    const { stream, effects, repair } = await poisoned(4);
    repair();
    const { out, code } = await dlq('replay', '--stream', stream, '--rate', '1000');
    expect(out).toContain('5 of 5 handled');
    expect(code).toBe(0);
    expect(await effects()).toEqual(upTo(5));
    const [latest] = await json<{ actor: string }[]>('audit', '--limit', '1');
    expect(latest).toMatchObject({ kind: 'replay', subject: `stream ${stream}`, handled: 5, failed: 0 });
    expect(latest?.actor).toMatch(/^\S+@\S+$/);
    expect((await dlq('audit')).out).toContain(`replay stream ${stream}`);
  });

  it('says that a replay failed again, and fails', async () => {
    const { poison } = await poisoned(1);
    const { out, code } = await dlq('replay', poison.id);
    expect(out).toContain('0 of 2 handled, 1 failed again, 1 held again');
    expect(code).toBe(1);
  });

  it('drops only with a reason and --yes, and then lets the others follow', async () => {
    const { poison, effects } = await poisoned(3);
    for (const args of [[], ['--yes'], ['--reason', 'broken'], ['--reason', ' ', '--yes']]) {
      expect(await dlq('drop', poison.id, ...args)).toMatchObject({ code: 2 });
    }
    expect(await dlq('drop', poison.id, '--reason', 'broken release', '--yes')).toMatchObject({ code: 0 });
    await until(async () => (await effects()).length === 3);
    expect(await effects()).toEqual([2, 3, 4]);
    const [latest] = await json<object[]>('audit', '--limit', '1');
    expect(latest).toMatchObject({ kind: 'drop', reason: 'broken release', messages: 1 });
  });

  it('names the message that is to be seen to first', async () => {
    const { poison, next } = await poisoned(1);
    for (const args of [
      ['replay', next],
      ['drop', next, '--reason', 'r', '--yes'],
    ]) {
      const { code, err } = await dlq(...args);
      expect(code).toBe(1);
      expect(err).toContain('LETTER_BEHIND_ANOTHER');
      expect(err).toContain(poison.id);
    }
  });

  it.each([
    [['show', 'evt_unknown'], 1, 'LETTER_UNKNOWN'],
    [['replay', 'evt_unknown'], 1, 'LETTER_UNKNOWN'],
    [['replay'], 2, 'give an ID, or --stream S, or --all'],
    [['replay', 'evt_1', '--all'], 2, 'give an ID, or --stream S, or --all'],
    [['replay', '--all', '--rate', 'fast'], 2, '--rate: a number'],
    [['replay', '--all', '--rate', '0'], 2, '--rate: a number'],
    [['show'], 2, 'which message'],
    [['explode'], 2, 'Usage'],
    [['list', 'evt_1'], 2, 'Usage'],
    [['list', '--loud'], 2, 'Usage'],
  ] as const)('refuses %j with exit code %d', async (args, code, says) => {
    const refused = await dlq(...args);
    expect(refused.code).toBe(code);
    expect(refused.err).toContain(says);
  });
});
