import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { defineErrors } from '@saas/kernel';
import { ConnectionPlaces } from './connection-places.ts';
import { failureOf } from './prisma-failures.ts';

const { CALLER_GONE } = defineErrors({
  CALLER_GONE: { audience: 'client', retryable: true, message: 'Gone.' },
});

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const open = (placesMax: number, waitingMax = 10) =>
  new ConnectionPlaces({ placesMax, waitMs: 1_000, waitingMax });

describe('places at the connections', () => {
  it('are given in the order of asking', async () => {
    const places = open(1);
    const served: string[] = [];
    await places.take({});
    const waiting = ['ada', 'ben', 'cyd'].map((name) => places.take({}).then(() => served.push(name)));
    for (const each of waiting) {
      places.give();
      await each;
    }
    expect(served).toEqual(['ada', 'ben', 'cyd']);
    places.give();
    await places.take({});
    expect(places.waiting).toBe(0);
  });

  it('are not given to whoever has left the queue', async () => {
    const places = open(1);
    const caller = new AbortController();
    await places.take({});
    const gone = places.take({ signal: caller.signal });
    const next = places.take({});
    caller.abort(CALLER_GONE());
    await expect(gone).rejects.toMatchObject({ code: 'CALLER_GONE' });
    places.give();
    await next;
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });

  it('are waited for until the deadline, and no longer', async () => {
    const places = open(1);
    await places.take({});
    const late = expect(places.take({ endsAtMs: performance.now() + 20 })).rejects.toMatchObject({
      code: 'DATABASE_TIMEOUT',
    });
    await jest.advanceTimersByTimeAsync(20);
    await late;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that do not come free in time count as unreachable', async () => {
    const places = open(1);
    await places.take({});
    const failure = places.take({}).catch(failureOf);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await failure).toBe('unreachable');
    expect(places.waiting).toBe(0);
  });

  it('are waited for by so many and no more', async () => {
    const places = open(1, 2);
    await places.take({});
    const waiting = [places.take({}), places.take({})];
    expect(await places.take({}).catch(failureOf)).toBe('unreachable');
    for (const each of waiting) {
      places.give();
      await each;
    }
  });

  it('are not taken by whoever had left before', async () => {
    const places = open(1);
    await expect(places.take({ signal: AbortSignal.abort(CALLER_GONE()) })).rejects.toThrow('Gone.');
    await places.take({});
    expect(places.waiting).toBe(0);
  });
});
