import { expect, it } from '@jest/globals';
import { ownThread, threadTimeMs } from './thread-time.ts';

it('a thread that computes has computed for longer, where the system tells', () => {
  const thread = ownThread();
  expect(thread === undefined).toBe(process.platform !== 'linux');
  const beforeMs = threadTimeMs(thread) ?? 0;
  const endsMs = performance.now() + 30_000;
  const hasComputed = (): boolean => thread === undefined || (threadTimeMs(thread) ?? 0) > beforeMs + 5;
  while (!hasComputed() && performance.now() < endsMs);
  expect(hasComputed()).toBe(true);
});

it('a thread that is not there has no time', () => {
  expect(threadTimeMs(undefined)).toBeUndefined();
  expect(threadTimeMs(999_999_999)).toBeUndefined();
});
