import { describe, expect, it } from '@jest/globals';
import { deliveryIdOf, dueAt, pauseMs } from './delivery.values.ts';

describe('the pause after a failed attempt', () => {
  const retries = { baseMs: 1_000, maxMs: 10_000 };

  it('may be twice as long after each attempt, up to its bound', () => {
    const longest = [1, 2, 3, 4, 5, 60].map((attempt) => pauseMs(retries, attempt, 1));
    expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('is all by chance', () => {
    expect(pauseMs(retries, 3, 0)).toBe(0);
    expect(pauseMs(retries, 3, 0.25)).toBe(1_000);
  });
});

it('a window begins with the first notification', () => {
  const at = '2026-01-01T00:59:59.999Z';
  expect(dueAt(at, 'IMMEDIATELY')).toBe(at);
  expect(dueAt(at, 'HOURLY')).toBe('2026-01-01T01:59:59.999Z');
  expect(dueAt(at, 'DAILY')).toBe('2026-01-02T00:59:59.999Z');
});

it('the id of a delivery can stand in a header and in a signature, whose parts are parted by dots', () => {
  expect(deliveryIdOf('ntf_01', 'WEBHOOK')).toBe('ntf_01-webhook');
});
