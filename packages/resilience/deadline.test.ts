import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withDeadline } from './index.ts';

const never = () => new Promise<never>(() => undefined);

describe('a deadline', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('stops waiting when its own time is up', async () => {
    const refused = expect(withDeadline({ timeoutMs: 5 }, never)).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
    await jest.advanceTimersByTimeAsync(5);
    await refused;
  });

  it('tells the work when its time is up, and why', async () => {
    let seen: AbortSignal | undefined;
    const refused = expect(
      withDeadline({ timeoutMs: 5 }, (signal) => {
        seen = signal;
        return never();
      }),
    ).rejects.toThrow();
    await jest.advanceTimersByTimeAsync(5);
    await refused;
    expect(seen?.reason).toMatchObject({ code: 'UPSTREAM_TIMEOUT', fields: { timeoutMs: 5 } });
  });

  it("passes on the caller's reason when the caller gave up first", async () => {
    const caller = new AbortController();
    const waiting = withDeadline({ timeoutMs: 1_000, parent: caller.signal }, never);
    caller.abort(new Error('client left'));
    await expect(waiting).rejects.toThrow('client left');
  });

  it('does not begin when the caller gave up before', async () => {
    const work = jest.fn(never);
    const parent = AbortSignal.abort(new Error('client left'));
    await expect(withDeadline({ timeoutMs: 1_000, parent }, work)).rejects.toThrow('client left');
    expect(work).not.toHaveBeenCalled();
  });

  it.each([
    ['succeeds', async () => 'done'],
    [
      'fails',
      async () => {
        throw new Error('no');
      },
    ],
  ])('leaves no timer and no listener behind when the work %s', async (_, work) => {
    const caller = new AbortController();
    await withDeadline({ timeoutMs: 1_000, parent: caller.signal }, work).catch(() => undefined);
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });

  it('drops the late failure of work that it has abandoned', async () => {
    let fail: (reason: Error) => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const refused = expect(withDeadline({ timeoutMs: 5 }, () => late)).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
    await jest.advanceTimersByTimeAsync(5);
    await refused;
    fail(new Error('too late'));
    await expect(late).rejects.toThrow('too late');
  });
});
