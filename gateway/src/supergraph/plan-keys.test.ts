import { describe, expect, it } from '@jest/globals';
import { PlanKeys } from './plan-keys.ts';

const onA = (variables: Readonly<Record<string, unknown>>) => ({ a: variables['a'] === true });

describe('the key of a plan', () => {
  it('is that of the operation where nothing depends on variables', () => {
    const keys = new PlanKeys(10);
    expect(keys.learn('k', undefined, { a: true })).toEqual({ key: 'k', conditionValues: undefined });
    expect(keys.of('k', { a: true })).toBeUndefined();
  });

  it('differs with the values of conditions, and with nothing else', () => {
    const keys = new PlanKeys(10);
    const learned = keys.learn('k', onA, { a: true, b: 1 });
    expect(learned.conditionValues).toEqual({ a: true });
    expect(keys.of('k', { a: true, b: 2 })).toEqual(learned);
    expect(keys.of('k', {})?.key).not.toBe(learned.key);
    expect(keys.of('k', {})?.key).toBe(keys.of('k', { a: 'yes' })?.key);
  });

  it('is remembered for a bounded number of operations', () => {
    const keys = new PlanKeys(2);
    for (const key of ['a', 'b', 'c']) keys.learn(key, onA, {});
    expect(['a', 'b', 'c'].map((key) => keys.of(key, {}) !== undefined)).toEqual([false, true, true]);
  });
});
