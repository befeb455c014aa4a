import { expect, it } from '@jest/globals';
import { claimOf } from './claim.ts';

const claim = (input: Record<string, unknown>, operation = 'rename', secret = 's') =>
  claimOf({ scope: 'ada', operation, input, secret });

it('is the same for the same request, whatever the order of its fields', () => {
  expect(claim({ idempotencyKey: 'k', a: 1, b: 2 })).toEqual(claim({ b: 2, a: 1, idempotencyKey: 'k' }));
});

it('differs in its hash when the request or the operation differs', () => {
  const hashes = [
    claim({ idempotencyKey: 'k', a: 1 }),
    claim({ idempotencyKey: 'k', a: 2 }),
    claim({ idempotencyKey: 'k', a: 1 }, 'archive'),
    claim({ idempotencyKey: 'k', a: 1 }, 'rename', 'another secret'),
  ].map((each) => each?.requestHash);
  expect(new Set(hashes).size).toBe(4);
});

it('is not made when the caller names no key', () => {
  expect([claim({}), claim({ idempotencyKey: null })]).toEqual([undefined, undefined]);
});

it.each(['', ' ', 'a b', 'é', 'x'.repeat(129)])('refuses the key %j', (idempotencyKey) => {
  expect(() => claim({ idempotencyKey })).toThrow(
    expect.objectContaining({ code: 'IDEMPOTENCY_KEY_INVALID' }),
  );
});
