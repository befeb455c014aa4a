import { describe, expect, it } from '@jest/globals';
import type { HealthSnapshot, HealthStatus } from '@saas/telemetry';
import { gatewayReadyAnswer } from './health-routes.ts';

const snapshot = (...statuses: readonly HealthStatus[]): HealthSnapshot => ({
  status: 'degraded',
  checks: Object.fromEntries(
    statuses.map((status, index) => [
      `subgraph-${index}`,
      { status, isCritical: false, responseTimeMs: 1, checkedAt: null },
    ]),
  ),
});

describe('readiness', () => {
  it('lasts as long as one subgraph can be reached', () => {
    expect(gatewayReadyAnswer(snapshot('up', 'down'), false, false)).toEqual({
      statusCode: 200,
      body: { status: 'up', isStopping: false, isOverwhelmed: false, missing: ['subgraph-1'] },
    });
    expect(gatewayReadyAnswer(snapshot('down', 'down'), false, false).statusCode).toBe(503);
  });

  it('does not last because the gateway itself is well', () => {
    const { status, checks } = snapshot('down');
    const own = { status: 'up', isCritical: false, responseTimeMs: 1, checkedAt: null } as const;
    const alone = { status, checks: { ...checks, breakers: own, 'permission changes': own } };
    expect(gatewayReadyAnswer(alone, false, false).statusCode).toBe(503);
  });

  it('ends while the gateway is overwhelmed', () => {
    expect(gatewayReadyAnswer(snapshot('up'), false, true)).toMatchObject({
      statusCode: 503,
      body: { status: 'down', isOverwhelmed: true },
    });
  });

  it('ends when the gateway begins to stop', () => {
    expect(gatewayReadyAnswer(snapshot('up'), true, false).statusCode).toBe(503);
  });
});
