import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evenShardMap, formatShardMap, parseShardMap } from './shard-map.ts';

const shards = ['shard-0', 'shard-1', 'shard-2'];

it('splits the buckets evenly at first', () => {
  expect(formatShardMap(evenShardMap(shards.slice(0, 2)))).toBe('1:0-511=shard-0,512-1023=shard-1');
});

it('reads back what it writes, whatever the map', () => {
  const maps = fc.array(fc.constantFrom(...shards), { minLength: 1_024, maxLength: 1_024 });
  fc.assert(
    fc.property(maps, fc.nat(), (shardOfBucket, version) => {
      const map = { version, shardOfBucket };
      expect(parseShardMap(formatShardMap(map), shards)).toEqual(map);
    }),
  );
});

it.each([
  '',
  '1',
  '1:',
  'x:0-1023=shard-0',
  '1:0-1022=shard-0',
  '1:0-1024=shard-0',
  '1:0-600=shard-0,600-1023=shard-1',
  '1:0-511=shard-0,513-1023=shard-1',
  '1:0-1023=shard-9',
])('refuses %j', (text) => {
  expect(() => parseShardMap(text, shards)).toThrow(expect.objectContaining({ code: 'SHARD_MAP_INVALID' }));
});
