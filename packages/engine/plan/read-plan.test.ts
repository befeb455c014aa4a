import { describe, expect, it } from '@jest/globals';
import { readPlan } from './read-plan.ts';

const fetch = { kind: 'Fetch', serviceName: 'a', operation: '{ x }', operationKind: 'query' };
const planOf = (node: unknown) => ({ kind: 'QueryPlan', node });

describe('readPlan', () => {
  it.each([
    ['every node', { kind: 'Sequence', nodes: [fetch, { kind: 'Flatten', path: ['x', '@'], node: fetch }] }],
    ['conditions', { kind: 'Condition', condition: 'c', ifClause: fetch }],
    [
      'deferred nodes',
      { kind: 'Defer', primary: { node: fetch }, deferred: [{ depends: [], queryPath: [], node: fetch }] },
    ],
    [
      'subscriptions',
      { kind: 'Subscription', primary: { ...fetch, operationKind: 'subscription' }, rest: fetch },
    ],
    ['nothing', undefined],
  ])('knows %s', (_, node) => {
    expect(readPlan(planOf(node)).node).toEqual(node);
  });

  it.each([
    ['Stream', planOf({ kind: 'Sequence', nodes: [{ kind: 'Stream' }] })],
    ['constructor', planOf({ kind: 'constructor' })],
    ['Subscription', planOf({ kind: 'Parallel', nodes: [{ kind: 'Subscription', primary: fetch }] })],
    ['ValueMapper', planOf({ ...fetch, inputRewrites: [{ kind: 'ValueMapper', path: ['a'] }] })],
    ['ValueSetter', planOf({ ...fetch, contextRewrites: [{ kind: 'ValueSetter', path: ['a'] }] })],
    ['@|[A]', planOf({ kind: 'Flatten', path: ['x', '@|[A]'], node: fetch })],
    ['FragmentSpread', planOf({ ...fetch, requires: [{ kind: 'FragmentSpread' }] })],
    ['live', planOf({ ...fetch, operationKind: 'live' })],
    ['plan that is no object', null],
    ['OtherPlan', { kind: 'OtherPlan' }],
    ['nodes that is no list', planOf({ kind: 'Sequence' })],
  ])('refuses what it does not know: %s', (found, json) => {
    expect(() => readPlan(json)).toThrow(
      expect.objectContaining({ code: 'PLAN_UNSUPPORTED', fields: { found } }),
    );
  });
});
