import { expect, it } from '@jest/globals';
import { newId, testClock } from '@saas/kernel';
import { KnownRevocations } from './known-revocations.ts';

const clock = testClock();
const nowMs = () => clock.now().getTime();
const [first, second, third] = [
  newId('ses', 1, clock),
  newId('ses', 1, clock),
  newId('ses', 1, clock),
] as const;

it('knows a revocation until its end', () => {
  const known = new KnownRevocations(clock);
  known.add(first, nowMs() + 10);
  expect(known.has(first)).toBe(true);
  clock.advance(10);
  expect(known.has(first)).toBe(false);
});

it('keeps the later of two ends', () => {
  const known = new KnownRevocations(clock);
  known.add(first, nowMs() + 20);
  known.add(first, nowMs() + 10);
  expect(known.entries()).toEqual([[first, nowMs() + 20]]);
});

it('forgets the oldest, and only that, when it is full', () => {
  const known = new KnownRevocations(clock, 2);
  for (const id of [first, second, third]) known.add(id, nowMs() + 10);
  expect([first, second, third].map((id) => known.has(id))).toEqual([false, true, true]);
});
