import { expect, it } from '@jest/globals';
import { aMessage } from '@saas/messaging/testing';
import { HeldStreams } from './held-streams.ts';
import type { Message } from './message-bus.port.ts';

const message = (stream: Message['stream'], sequence: number): Message =>
  aMessage({ id: `${stream} ${sequence}`, stream, sequence });
const batch = [message('a-1', 1), message('a-1', 2), message('b-1', 1)];

it('holds the streams that were not confirmed, and only those', () => {
  const held = new HeldStreams();
  held.note(batch, new Set(['b-1 1']), 0);
  expect(held.waiting(0)).toEqual(['a-1']);
  expect(held.nextInMs(0)).toBe(100);
});

it('holds them twice as long each time, up to five seconds', () => {
  const held = new HeldStreams();
  const waits = Array.from({ length: 8 }, () => {
    held.note(batch.slice(0, 1), new Set(), 0);
    return held.nextInMs(0);
  });
  expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

it('lets a stream go when its time has come, and forgets it when it is confirmed', () => {
  const held = new HeldStreams();
  held.note(batch.slice(0, 1), new Set(), 0);
  expect([held.waiting(100), held.nextInMs(100), held.size]).toEqual([[], undefined, 1]);
  held.note(batch.slice(0, 1), new Set(['a-1 1']), 100);
  expect(held.size).toBe(0);
});

it('begins anew with a stream that moved a little', () => {
  const held = new HeldStreams();
  for (let n = 0; n < 5; n += 1) held.note(batch.slice(0, 1), new Set(), 0);
  held.note(batch, new Set(['a-1 1', 'b-1 1']), 0);
  expect(held.nextInMs(0)).toBe(100);
});

it('holds 10,000 streams at most', () => {
  const held = new HeldStreams();
  const all = Array.from({ length: 10_050 }, (_, n) => message(`a-${n}`, 1));
  held.note(all, new Set(), 0);
  expect(held.size).toBe(10_000);
});
