import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CONSISTENCY_TOKEN_BYTES_MAX,
  formatConsistencyTokens,
  mergeConsistencyTokens,
  parseConsistencyTokens,
  tokenOfService,
  tokensOfService,
} from './index.ts';

const text = 'projects.shard-1=0/1A,users.shard-0=16/B374D848';
const name = fc.constantFrom('users', 'projects', 'notifications', 'shard-0', 'shard-1');
const position = fc
  .tuple(fc.nat({ max: 0xffffffff }), fc.nat({ max: 0xffffffff }))
  .map(([high, low]) => `${high.toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`);
const header = fc
  .array(fc.tuple(name, name, position), { maxLength: 12 })
  .map((parts) => parts.map(([service, shard, at]) => `${service}.${shard}=${at}`).join(','));

describe('a consistency token', () => {
  it('comes through text unchanged', () => {
    expect(formatConsistencyTokens(parseConsistencyTokens(text))).toBe(text);
  });

  it('keeps the later position of each shard when merged', () => {
    const merged = mergeConsistencyTokens(
      parseConsistencyTokens('users.shard-0=9/FFFFFFFF,users.shard-1=0/1'),
      parseConsistencyTokens('users.shard-0=10/0'),
    );
    expect(formatConsistencyTokens(merged)).toBe('users.shard-0=10/0,users.shard-1=0/1');
  });

  it('is the same whichever way it is merged', () => {
    fc.assert(
      fc.property(header, header, (left, right) => {
        const [a, b] = [parseConsistencyTokens(left), parseConsistencyTokens(right)];
        const once = formatConsistencyTokens(mergeConsistencyTokens(a, b));
        expect(formatConsistencyTokens(mergeConsistencyTokens(b, a, a))).toBe(once);
      }),
    );
  });

  it('hands each service its own part, and takes it back', () => {
    const tokens = parseConsistencyTokens(text);
    expect(tokenOfService(tokens, 'users')).toBe('shard-0=16/B374D848');
    expect(tokenOfService(tokens, 'notifications')).toBeUndefined();
    expect(tokensOfService('users', 'shard-0=16/B374D848').get('users')?.get('shard-0')).toBe('16/B374D848');
  });

  it('is never refused, whatever a caller sends', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5_000 }), (garbage) => {
        const answer = formatConsistencyTokens(parseConsistencyTokens(garbage));
        expect((answer ?? '').length).toBeLessThanOrEqual(CONSISTENCY_TOKEN_BYTES_MAX);
      }),
    );
  });

  it.each([
    '',
    'users',
    'users.shard-0=',
    'users.shard-0=1/G',
    '__proto__.x=1/1',
    'users.shard-0=1/1\r\nx: y',
  ])('ignores the part %j', (part) => {
    expect(parseConsistencyTokens(`${part},users.shard-9=1/2`).get('users')?.size).toBe(1);
  });

  it('is ignored beyond its bounds', () => {
    const parts = Array.from({ length: 65 }, (_, index) => `users.shard-${index}=0/1`);
    expect(parseConsistencyTokens(parts.join(',')).size).toBe(0);
    expect(parseConsistencyTokens('x'.repeat(4_097)).size).toBe(0);
  });
});
