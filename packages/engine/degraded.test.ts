import { describe, expect, it } from '@jest/globals';
import type { Fetch, FetchCall } from './index.ts';
import { placesMax } from './plan/failures.ts';
import { askIncrementally } from './testing/merged-parts.ts';
import { graphUnderTest, type Question } from './testing/graph-under-test.ts';
import { townSubgraphs } from './testing/town.ts';

const town = graphUnderTest(townSubgraphs);

/** What some subgraphs say comes from memory. */
const fromMemory =
  (ages: Readonly<Record<string, number>>): NonNullable<Question['intercept']> =>
  async (call: FetchCall, next: Fetch) => {
    const answer = await next(call);
    const ageMs = ages[call.service];
    return ageMs === undefined ? answer : { ...answer, degraded: { ageMs } };
  };

const degradedOf = async (query: string, ages: Readonly<Record<string, number>>) => {
  const { degraded } = await town.ask(query, { intercept: fromMemory(ages) });
  return degraded?.map(({ paths, ...rest }) => ({ ...rest, paths: paths.map((path) => path.join('.')) }));
};

describe('an answer that comes from memory', () => {
  it('is not spoken of when there is none', async () => {
    const { degraded } = await town.ask('{ shelves { owner { name } } }');
    expect(degraded).toBeUndefined();
  });

  it('is told by the root fields that it brought', async () => {
    expect(
      await degradedOf('{ me { name } p: person(id: "p2") { name } copies { id } }', { people: 700 }),
    ).toEqual([{ service: 'people', ageMs: 700, hasMorePaths: false, paths: ['me', 'p'] }]);
  });

  it('is told by every place of every entity, also of one that stands at several', async () => {
    expect(await degradedOf('{ shelves { members { mail name } } }', { people: 5 })).toEqual([
      {
        service: 'people',
        ageMs: 5,
        hasMorePaths: false,
        paths: [0, 1, 2, 3].map((index) => `shelves.0.members.${index}`).concat('shelves.1.members.0'),
      },
    ]);
  });

  it('is told for each subgraph, and of each by the oldest of it', async () => {
    const told = await degradedOf('{ me { name shelves { label cost owner { mail } } } }', {
      people: 9,
      furniture: 3,
    });
    expect(told?.map(({ service, ageMs }) => [service, ageMs])).toEqual([
      ['furniture', 3],
      ['people', 9],
    ]);
    expect(told?.find(({ service }) => service === 'people')?.paths).toEqual(
      expect.arrayContaining(['me', 'me.shelves.0.owner']),
    );
  });

  it('is told by the names that the client gave', async () => {
    expect(await degradedOf('{ id: shelves { name: owner { id: name } } }', { people: 5 })).toMatchObject([
      { paths: ['id.0.name', 'id.1.name'] },
    ]);
  });

  it('does not claim entities that it did not bring', async () => {
    const { degraded } = await town.ask('{ shelves { members { name } } }', {
      intercept: async (call, next) => {
        const answer = await next(call);
        if (!call.isEntityCall) return answer;
        const { _entities: entities } = answer.data as { readonly _entities: readonly unknown[] };
        return { data: { _entities: [null, ...entities.slice(1)] }, degraded: { ageMs: 5 } };
      },
    });
    expect(degraded?.[0]?.paths.map((path) => path.join('.'))).toEqual([
      'shelves.0.members.1',
      'shelves.0.members.2',
      'shelves.1.members.0',
    ]);
  });

  it('is told at no more places than anyone will read, and says that there are more', async () => {
    const aliases = Array.from(
      { length: placesMax + 1 },
      (_, index) => `p${index}: person(id: "p1") { name }`,
    );
    const [told] = (await degradedOf(`{ ${aliases.join(' ')} }`, { people: 5 })) ?? [];
    expect(told?.paths).toHaveLength(placesMax);
    expect(told?.hasMorePaths).toBe(true);
  });
});

describe('a deferred part that comes from memory', () => {
  const healthy = graphUnderTest(townSubgraphs, { defer: true });
  const people = fromMemory({ people: 5 });
  const deferring = { ...healthy, fetch: async (call: FetchCall) => people(call, healthy.fetch) };

  it('is told with the part, by the places in it', async () => {
    const { parts, initial } = await askIncrementally(
      deferring,
      '{ shelves { label owner { ... @defer { name } } } }',
    );
    expect(initial.degraded).toBeUndefined();
    expect(parts.map(({ path, degraded }) => [path.join('.'), degraded])).toEqual(
      ['shelves.0.owner', 'shelves.1.owner'].map((path) => [
        path,
        [{ service: 'people', ageMs: 5, hasMorePaths: false, paths: [expect.anything()] }],
      ]),
    );
    for (const { path, degraded } of parts) expect(degraded?.[0]?.paths).toEqual([path]);
  });

  it('leaves the parts alone that come from elsewhere', async () => {
    const { parts, initial } = await askIncrementally(
      deferring,
      '{ me { name ... @defer { shelves { label } } } }',
    );
    expect(initial.degraded?.map(({ service }) => service)).toEqual(['people']);
    expect(parts.map(({ degraded }) => degraded)).toEqual([undefined]);
  });
});
