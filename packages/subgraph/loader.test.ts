import { describe, expect, it, jest } from '@jest/globals';
import { loader } from './index.ts';

describe('a loader', () => {
  it('asks once for everything wanted in one tick, and never twice for the same', async () => {
    const batch = jest.fn(
      async (keys: readonly string[]) => new Map(keys.map((key) => [key, key.toUpperCase()])),
    );
    const names = loader(batch);
    expect(await Promise.all([names.load('a'), names.loadMany(['b', 'a'])])).toEqual(['A', ['B', 'A']]);
    expect(batch.mock.calls).toEqual([[['a', 'b']]]);
  });

  it('answers null for what is absent', async () => {
    const names = loader<string, number>(async () => new Map([['b', 2]]));
    expect(await names.loadMany(['a', 'b'])).toEqual([null, 2]);
  });

  it('takes a list in the order asked', async () => {
    const names = loader<string, number>(async () => [1, undefined]);
    expect(await names.loadMany(['a', 'b'])).toEqual([1, null]);
  });

  it('refuses a list of another length', async () => {
    await expect(loader<string, number>(async () => []).load('a')).rejects.toThrow('Asked for 1, got 0.');
  });

  it('asks for at most 100 at once', async () => {
    const sizes: number[] = [];
    const numbers = loader<number, number>(async (keys) => {
      sizes.push(keys.length);
      return keys;
    });
    await numbers.loadMany(Array.from({ length: 250 }, (_, index) => index));
    expect(sizes).toEqual([100, 100, 50]);
  });

  it('tells keys apart by what they say', async () => {
    const batch = jest.fn(async (keys: readonly { id: string }[]) => new Map(keys.map(({ id }) => [id, id])));
    const things = loader(batch, { keyOf: ({ id }: { id: string }) => id });
    expect(await things.loadMany([{ id: 'a' }, { id: 'a' }])).toEqual(['a', 'a']);
    expect(batch.mock.calls).toEqual([[[{ id: 'a' }]]]);
  });
});
