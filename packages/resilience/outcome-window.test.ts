import { expect, it } from '@jest/globals';
import { outcomeWindow } from './outcome-window.ts';

it('counts what ended lately, by how it ended', () => {
  const window = outcomeWindow(100);
  window.add('failed', 5);
  window.add('succeeded', 50);
  window.add('failed', 99);
  expect(window).toMatchObject({ failed: 2, succeeded: 1 });
});

it.each([
  ['knows an outcome for nine tenths of its time', 1_090, 1],
  ['knows none for longer than its time', 1_100, 0],
])('%s', (_, nowMs, failed) => {
  const window = outcomeWindow(100);
  window.add('failed', 1_000);
  window.passTo(nowMs);
  expect(window.failed).toBe(failed);
});

it('forgets everything after a long silence', () => {
  const window = outcomeWindow(100);
  for (let nowMs = 0; nowMs < 100; nowMs += 3) window.add('succeeded', nowMs);
  window.add('failed', 1_000_000);
  expect(window).toMatchObject({ failed: 1, succeeded: 0 });
});

it('forgets everything when it is told to', () => {
  const window = outcomeWindow(100);
  window.add('failed', 10);
  window.clear();
  window.add('succeeded', 20);
  expect(window).toMatchObject({ failed: 0, succeeded: 1 });
});
