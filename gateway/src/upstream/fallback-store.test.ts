import { describe, expect, it } from '@jest/globals';
import type { IdentityScope } from './fallback-scope.ts';
import { fallbackStore, type FallbackLimits, type Remembered } from './fallback-store.ts';

const ada: IdentityScope = { key: 'ada', tenantId: 't1', userId: 'ada' };
const adaElsewhere: IdentityScope = { ...ada, key: 'ada, in another session' };
const bob: IdentityScope = { key: 'bob', tenantId: 't1', userId: 'bob' };
const eve: IdentityScope = { key: 'eve', tenantId: 't2', userId: 'eve' };
const anyone: IdentityScope = { key: 'anyone', tenantId: undefined, userId: undefined };

const setUp = (limits: Partial<FallbackLimits> = {}) => {
  let nowMs = 1_000_000;
  let isHearing = true;
  const store = fallbackStore(
    { entriesMax: 1_000, bytesMax: 1_000_000, answerBytesMax: 10_000, maxStaleMs: 60_000, ...limits },
    { nowMs: () => nowMs, isHearing: () => isHearing },
  );
  return {
    store,
    wait: (ms: number) => (nowMs += ms),
    now: () => nowMs,
    hear: (does: boolean) => (isHearing = does),
    keep: (asked: Remembered, said: string, askedAtMs = nowMs) =>
      store.keep(asked, bodyOf(asked, said), askedAtMs),
    told: (asked: Remembered) => store.find(asked).map((found) => found?.json),
  };
};

const root = (scope: IdentityScope, variables = '{}', question = 'users { me }'): Remembered => ({
  scope,
  question,
  isAboutEntities: false,
  keys: [variables],
});
const entities = (scope: IdentityScope, ...keys: readonly string[]): Remembered => ({
  scope,
  question: 'users entities',
  isAboutEntities: true,
  keys,
});

const bodyOf = ({ isAboutEntities, keys }: Remembered, said: string): Buffer =>
  Buffer.from(
    JSON.stringify({ data: isAboutEntities ? { _entities: keys.map((key) => `${key} ${said}`) } : { said } }),
  );
const whole = (said: string) => JSON.stringify({ data: { said } });

describe('what is kept', () => {
  it('is found for the same question of the same scope, and for no other', () => {
    const { keep, told } = setUp();
    keep(root(ada), 'x');
    expect(told(root(ada))).toEqual([whole('x')]);
    expect(told(root(bob))).toEqual([undefined]);
    expect(told(root(adaElsewhere))).toEqual([undefined]);
    expect(told(root(ada, '{"a":1}'))).toEqual([undefined]);
    expect(told(root(ada, '{}', 'users { me } of another generation'))).toEqual([undefined]);
  });

  it('is found entity by entity, whatever else was asked about with it', () => {
    const { keep, told } = setUp();
    keep(entities(ada, '"1"', '"2"'), 'x');
    keep(entities(ada, '"3"'), 'y');
    expect(told(entities(ada, '"3"', '"4"', '"2"'))).toEqual(['"\\"3\\" y"', undefined, '"\\"2\\" x"']);
    // Taken apart once, and found again.
    expect(told(entities(ada, '"1"'))).toEqual(['"\\"1\\" x"']);
  });

  it('is replaced by what is said a second later, and not before', () => {
    const { keep, told, wait } = setUp();
    expect(keep(root(ada), 'first')).toEqual([0]);
    wait(999);
    expect(keep(root(ada), 'second')).toBeUndefined();
    expect(told(root(ada))).toEqual([whole('first')]);
    wait(1);
    expect(keep(root(ada), 'third')).toEqual([0]);
    expect(told(root(ada))).toEqual([whole('third')]);
  });

  it('is not replaced by an answer to what was asked before it', () => {
    const { keep, told, wait, now } = setUp();
    const early = now();
    wait(5_000);
    keep(root(ada), 'new');
    keep(root(ada), 'old', early);
    expect(told(root(ada))).toEqual([whole('new')]);
  });

  it('is too old after a time', () => {
    const { keep, told, wait } = setUp({ maxStaleMs: 10_000 });
    keep(root(ada), 'x');
    wait(10_000);
    expect(told(root(ada))).toEqual([whole('x')]);
    wait(1);
    expect(told(root(ada))).toEqual([undefined]);
  });

  it('is not the whole piece of memory that a small answer came in', () => {
    const { store } = setUp({ bytesMax: 100_000 });
    const memory = Buffer.alloc(64_000);
    const body = bodyOf(root(ada), 'x');
    body.copy(memory);
    store.keep(root(ada), memory.subarray(0, body.byteLength), 1_000_000);
    expect(store.size.bytes).toBeLessThan(2_000);
    memory.fill(0);
    expect(store.find(root(ada))[0]?.json).toBe(whole('x'));
  });
});

describe('bounds', () => {
  it('let the oldest go when there are too many entries', () => {
    const { store, keep, told } = setUp({ entriesMax: 3 });
    keep(entities(ada, '"1"', '"2"'), 'x');
    keep(entities(ada, '"3"'), 'x');
    keep(root(bob), 'y');
    expect(store.size.entries).toBe(2);
    expect(told(entities(ada, '"1"', '"2"', '"3"'))).toEqual([undefined, undefined, '"\\"3\\" x"']);
    expect(told(root(bob))).toEqual([whole('y')]);
  });

  it('let the oldest go when they take too many bytes, and keep no answer that is too large', () => {
    const { store, keep, told } = setUp({ bytesMax: 5_000, answerBytesMax: 2_000 });
    expect(keep(root(eve), 'z'.repeat(2_001))).toBeUndefined();
    for (let number = 0; number < 50; number += 1) keep(root(ada, `${number}`), 'x'.repeat(1_000));
    expect(store.size.bytes).toBeLessThanOrEqual(5_000);
    expect(told(root(ada, '49'))).toEqual([whole('x'.repeat(1_000))]);
    expect(told(root(ada, '0'))).toEqual([undefined]);
  });

  it('count nothing when everything has left', () => {
    const { store, keep, wait } = setUp({ maxStaleMs: 5_000 });
    for (let round = 0; round < 20; round += 1) {
      keep(entities(ada, '"1"', `"${round}"`), 'x');
      keep(root(eve, `${round}`), 'y');
      wait(1_000);
    }
    store.forgetTenant('t1');
    store.forgetViewer({ tenantId: 't2', userId: 'eve' });
    expect(store.size).toEqual({ entries: 0, bytes: 0 });
  });
});

describe('forgetting', () => {
  it('a user forgets all their sessions, and nobody else', () => {
    const { store, keep, told } = setUp();
    for (const scope of [ada, adaElsewhere, bob, eve, anyone]) keep(root(scope), 'x');
    store.forgetViewer({ tenantId: 't1', userId: 'ada' });
    expect([ada, adaElsewhere, bob, eve, anyone].flatMap((scope) => told(root(scope)))).toEqual([
      undefined,
      undefined,
      whole('x'),
      whole('x'),
      whole('x'),
    ]);
  });

  it('a tenant forgets all its users', () => {
    const { store, keep, told } = setUp();
    for (const scope of [ada, adaElsewhere, bob, eve]) keep(root(scope), 'x');
    store.forgetTenant('t1');
    expect([ada, adaElsewhere, bob].flatMap((scope) => told(root(scope)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(told(root(eve))).toEqual([whole('x')]);
  });

  it('holds for answers that were on their way', () => {
    const { store, keep, told, wait, now } = setUp();
    const askedAtMs = now();
    wait(5);
    store.forgetViewer({ tenantId: 't1', userId: 'ada' });
    wait(5);
    expect(keep(root(ada), 'as it was', askedAtMs)).toBeUndefined();
    expect(keep(root(bob), 'as it was', askedAtMs)).toEqual([0]);
    expect(keep(root(ada), 'as it is')).toEqual([0]);
    expect(told(root(ada))).toEqual([whole('as it is')]);
  });

  it('is remembered even for more users than are told apart', () => {
    const { store, keep, wait, now } = setUp();
    const askedAtMs = now();
    wait(1);
    store.forgetViewer({ tenantId: 't1', userId: 'ada' });
    for (let number = 0; number < 10_000; number += 1)
      store.forgetViewer({ tenantId: 't9', userId: `u${number}` });
    expect(keep(root(ada), 'as it was', askedAtMs)).toBeUndefined();
  });
});

describe('a suspended store', () => {
  it('has forgotten everything, finds nothing and keeps nothing, not even what was asked meanwhile', () => {
    const { store, keep, told, wait, now } = setUp();
    keep(root(ada), 'before');
    store.suspend();
    expect(store.isSuspended).toBe(true);
    expect(store.size).toEqual({ entries: 0, bytes: 0 });
    expect(told(root(ada))).toEqual([undefined]);
    expect(keep(root(ada), 'meanwhile')).toBeUndefined();
    const askedAtMs = now();
    wait(1);
    store.resume();
    expect(store.isSuspended).toBe(false);
    expect(keep(root(ada), 'late', askedAtMs)).toBeUndefined();
    wait(1);
    expect(keep(root(ada), 'after')).toEqual([0]);
    expect(told(root(ada))).toEqual([whole('after')]);
  });
});

describe('a store that does not hear whose rights change', () => {
  it('finds nothing and keeps nothing, for as long as that lasts', () => {
    const { store, keep, told, hear, wait } = setUp();
    keep(root(ada), 'before');
    hear(false);
    expect(store.isSuspended).toBe(true);
    expect(told(root(ada))).toEqual([undefined]);
    wait(2_000);
    expect(keep(root(ada), 'meanwhile')).toBeUndefined();
    // Whoever notices the gap says so, before it is over.
    store.forgetEverybody();
    hear(true);
    expect(told(root(ada))).toEqual([undefined]);
    expect(store.size).toEqual({ entries: 0, bytes: 0 });
    wait(1);
    expect(keep(root(ada), 'after')).toEqual([0]);
  });
});

describe('what is asked for soon after something was forgotten', () => {
  it('is not kept for a user, a tenant or anybody before their time is over', () => {
    const { store, keep, told, wait } = setUp();
    store.forgetViewer({ tenantId: 't1', userId: 'ada' }, 2_000);
    store.forgetTenant('t2', 2_000);
    wait(2_000);
    const everybody = [ada, bob, eve, anyone];
    expect(everybody.map((scope) => keep(root(scope), 'x') !== undefined)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    wait(1);
    expect([ada, eve].map((scope) => keep(root(scope), 'x'))).toEqual([[0], [0]]);
    store.forgetEverybody(2_000);
    wait(2_000);
    expect(everybody.map((scope) => keep(root(scope), 'y'))).toEqual(everybody.map(() => undefined));
    wait(1);
    expect(keep(root(anyone), 'y')).toEqual([0]);
    expect(told(root(anyone))).toEqual([whole('y')]);
  });
});
