import { describe, expect, it } from '@jest/globals';
import { fullAnswer, liveAnswer, readyAnswer, type HealthSnapshot, type HealthStatus } from './index.ts';

const snapshot = (status: HealthStatus, isCritical = true): HealthSnapshot => ({
  status: status === 'down' && !isCritical ? 'degraded' : status,
  checks: { database: { status, isCritical, responseTimeMs: 3, checkedAt: '2026-01-01T00:00:00.000Z' } },
});

describe('a health answer', () => {
  it('says live whatever else is broken', () => {
    expect(liveAnswer()).toEqual({ statusCode: 200, body: { status: 'up' } });
  });

  it.each([
    ['up', true, false, 200],
    ['degraded', true, false, 200],
    ['down', false, false, 200],
    ['down', true, false, 503],
    ['up', true, true, 503],
  ] as const)(
    'says ready by what is critical: %s, critical %s, stopping %s: %i',
    (status, critical, stopping, code) => {
      expect(readyAnswer(snapshot(status, critical), stopping).statusCode).toBe(code);
    },
  );

  it('names what is missing', () => {
    expect(readyAnswer(snapshot('down'), false).body).toEqual({
      status: 'down',
      isStopping: false,
      missing: ['database'],
    });
  });

  it.each([
    ['up', 200],
    ['degraded', 200],
    ['down', 503],
  ] as const)('tells everything when %s, under %i', (status, code) => {
    const answer = fullAnswer(snapshot(status), false);
    expect(answer).toEqual({ statusCode: code, body: { ...snapshot(status), isStopping: false } });
  });
});
