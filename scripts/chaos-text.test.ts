import { describe, expect, it } from '@jest/globals';
import { parseFault } from '@saas/local-stack';
import { durationMs, outcomeLines, planLines, progressLine } from './chaos-text.ts';

const url = 'http://127.0.0.1:4002/graphql';
const plan = { subgraph: 'projects', fault: parseFault('errors=10%'), forMs: 30_000, path: 'chaos.sock' };
const progress = { calls: 340, faults: 34, inFlight: 2, elapsedMs: 10_000 };

describe('a time', () => {
  it.each([
    ['30s', 30_000],
    ['1500ms', 1_500],
    ['5m', 300_000],
    ['24h', 86_400_000],
  ])('may be %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '30', '0s', '-1s', '25h', '1.5s', 's', '30 s', '1d'])('is not "%s"', (text) => {
    expect(durationMs(text)).toBeUndefined();
  });
});

it('says what it will do, how far it is, and what it was', () => {
  expect(planLines(plan, url).join(' ')).toMatch(/projects .* 30\.0 s\..* by chance, 10% of them/);
  expect(progressLine(progress, 30_000).trim()).toBe('20.0 s left   calls 340   faults 34   in flight 2');
  const outcome = { ...progress, elapsedMs: 30_000, url };
  expect(outcomeLines(plan, { ...outcome, end: 'on time' })).toEqual([
    '  Subgraph  projects',
    '  Fault     errors=10%',
    '  Lasted    30.0 s',
    '  Calls     340 (11.3 a second)',
    '  Faults    34 (10.0 %)',
    `  Now       calls go to ${url} again`,
  ]);
  expect(outcomeLines(plan, { ...outcome, elapsedMs: 5_000, end: 'stopped' }).join()).toContain(
    '5.0 s of 30.0 s (stopped)',
  );
  expect(outcomeLines(plan, { ...outcome, end: 'gateway left' }).join()).toContain('the gateway is gone');
  expect(outcomeLines(plan, { ...outcome, calls: 0, faults: 0, end: 'on time' }).join()).toContain(
    'Nobody needed projects',
  );
});
