import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testClock } from '@saas/kernel';
import { healthMonitor, type HealthMonitor, type HealthSource } from './index.ts';

let monitor: HealthMonitor | undefined;
beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  monitor?.stop();
  jest.useRealTimers();
});

const watch = (...sources: readonly HealthSource[]): HealthMonitor => {
  monitor = healthMonitor({ sources, intervalMs: 1_000, timeoutMs: 100, clock: testClock() });
  return monitor;
};
const up: HealthSource = { name: 'database', check: async () => ({ status: 'up' }) };
const failing = (error: unknown, isCritical = true): HealthSource => ({
  name: 'broker',
  isCritical,
  check: async () => {
    throw error;
  },
});
const hanging = (name = 'slow') => ({ name, check: jest.fn(() => new Promise<never>(() => undefined)) });

describe('the health monitor', () => {
  it('tells what each source said, how long it took and when', async () => {
    const nodes = [
      { name: 'shard-0-replica-1', status: 'degraded', details: { role: 'replica', lagMs: 900 } },
    ] as const;
    const health = watch({
      name: 'database',
      check: async () => ({ status: 'degraded', details: { shards: 1 }, parts: nodes }),
    });
    await health.firstRound;
    expect(health.snapshot()).toEqual({
      status: 'degraded',
      checks: {
        database: {
          status: 'degraded',
          isCritical: true,
          responseTimeMs: 0,
          checkedAt: '2026-01-01T00:00:00.000Z',
          details: { shards: 1 },
          parts: nodes,
        },
      },
    });
  });

  it('is down until the first check has ended', () => {
    expect(watch(hanging()).snapshot()).toMatchObject({
      status: 'down',
      checks: { slow: { error: 'NOT_CHECKED' } },
    });
  });

  it.each([
    ['up', [up]],
    ['degraded', [up, failing(new Error('no'), false)]],
    ['down', [up, failing(new Error('no'))]],
  ])('is %s by what is critical', async (status, sources) => {
    const health = watch(...sources);
    await health.firstRound;
    expect(health.snapshot().status).toBe(status);
  });

  it.each([
    ['ECONNREFUSED', Object.assign(new Error('connect 10.0.0.7:5672'), { code: 'ECONNREFUSED' })],
    ['CHECK_FAILED', new Error('amqp://user:hush@mq.internal refused')],
    ['CHECK_FAILED', Object.assign(new Error('x'), { code: 'amqp://mq' })],
    ['CHECK_FAILED', 'thrown text'],
  ])('says %s and nothing more of a failure', async (error, thrown) => {
    const health = watch(failing(thrown));
    await health.firstRound;
    expect(health.snapshot().checks['broker']).toMatchObject({ status: 'down', error });
    expect(JSON.stringify(health.snapshot())).not.toMatch(/amqp|10\.0|hush|thrown/);
  });

  it('hides an address that slipped into the details', async () => {
    const health = watch({
      ...up,
      check: async () => ({ status: 'up', details: { at: 'redis://u:hush@host' } }),
    });
    await health.firstRound;
    expect(health.snapshot().checks['database']?.details).toEqual({ at: '[hidden]' });
  });

  it('gives up on a check that takes too long, and tells it so', async () => {
    let seen: AbortSignal | undefined;
    const health = watch({
      name: 'slow',
      check: (signal) => {
        seen = signal;
        return new Promise(() => undefined);
      },
    });
    await jest.advanceTimersByTimeAsync(100);
    expect(health.snapshot().checks['slow']).toMatchObject({
      status: 'down',
      error: 'TIMEOUT',
      responseTimeMs: 100,
    });
    expect(seen?.aborted).toBe(true);
  });

  it('never begins a check while the last one is under way, and does not let it hold up the others', async () => {
    const slow = hanging();
    const quick = { name: 'quick', check: jest.fn(up.check) };
    watch(slow, quick);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(slow.check).toHaveBeenCalledTimes(1);
    expect(quick.check).toHaveBeenCalledTimes(6);
  });

  it('notices a recovery', async () => {
    const check = jest.fn<HealthSource['check']>(async () => ({ status: 'up' }));
    check.mockRejectedValueOnce(new Error('no'));
    const health = watch({ name: 'database', check });
    await health.firstRound;
    expect(health.snapshot().status).toBe('down');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(health.snapshot().status).toBe('up');
  });

  it('looks after other sources when it is told to, and keeps what it knows of those that stay', async () => {
    const stays = hanging('database');
    const health = watch(up, failing(new Error('no')));
    await health.firstRound;
    void health.watch([stays, { ...up, name: 'cache' }]);
    await jest.advanceTimersByTimeAsync(0);
    expect(health.snapshot().checks).toMatchObject({ database: { status: 'up' }, cache: { status: 'up' } });
    expect(Object.keys(health.snapshot().checks)).toEqual(['database', 'cache']);
    await jest.advanceTimersByTimeAsync(100);
    expect(health.snapshot().checks['database']).toMatchObject({ status: 'down', error: 'TIMEOUT' });
  });

  it('takes no word of a source that was replaced', async () => {
    let answer: (report: { status: 'down' }) => void = () => undefined;
    const late = new Promise<{ status: 'down' }>((resolve) => {
      answer = resolve;
    });
    const health = watch({ name: 'database', check: async () => late });
    await health.watch([up]);
    answer({ status: 'down' });
    await jest.advanceTimersByTimeAsync(10);
    expect(health.snapshot().status).toBe('up');
  });

  it('leaves no timer behind when it is stopped', async () => {
    watch(up, hanging()).stop();
    await jest.advanceTimersByTimeAsync(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});
