import { describe, expect, it } from '@jest/globals';
import { newId, testClock } from '@saas/kernel';
import { encodeCursor } from '@saas/subgraph';
import { listLoader, pageBy } from './projects-loaders.context.ts';

describe('lists below many parents', () => {
  const recording = () => {
    const asked: (readonly [readonly string[], number])[] = [];
    const lists = listLoader(async (parents: readonly string[], { limit }: { limit: number }) => {
      asked.push([parents, limit]);
      return new Map(parents.filter((id) => id !== 'empty').map((id) => [id, [`${id}-${limit}`]]));
    });
    return { asked, lists };
  };

  it('are read together when they want the same part', async () => {
    const { asked, lists } = recording();
    const keys = ['a', 'b', 'c'].map((parentId) => ({ parentId, slice: { limit: 5 } }));
    expect(await lists.loadMany(keys)).toEqual([['a-5'], ['b-5'], ['c-5']]);
    expect(asked).toEqual([[['a', 'b', 'c'], 5]]);
  });

  it('are told apart by the part they want', async () => {
    const { asked, lists } = recording();
    const keys = [5, 9].map((limit) => ({ parentId: 'a', slice: { limit } }));
    expect(await lists.loadMany(keys)).toEqual([['a-5'], ['a-9']]);
    expect(asked).toHaveLength(2);
  });

  it('are empty where a parent has none', async () => {
    const { lists } = recording();
    expect(await lists.load({ parentId: 'empty', slice: { limit: 5 } })).toEqual([]);
  });
});

describe('a page', () => {
  const clock = testClock();
  const ids = Array.from({ length: 3 }, () => {
    clock.advance(1);
    return newId('prj', 7, clock);
  }).toReversed();
  const read = async ({ after, limit }: { after: string | undefined; limit: number }) =>
    ids.filter((id) => after === undefined || id < after).slice(0, limit);

  it('continues behind its cursor, to the end', async () => {
    const first = await pageBy('prj', { first: 2 }, (id: string) => id, read);
    const second = await pageBy(
      'prj',
      { first: 2, after: first.pageInfo.endCursor },
      (id: string) => id,
      read,
    );
    expect([...first.nodes, ...second.nodes]).toEqual(ids);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it.each([encodeCursor('tsk_1'), encodeCursor(newId('tsk', 7, clock)), encodeCursor("' OR 1=1")])(
    'is refused behind the cursor %j of another list',
    async (after) => {
      await expect(pageBy('prj', { after }, (id: string) => id, read)).rejects.toMatchObject({
        code: 'CURSOR_MALFORMED',
      });
    },
  );
});
