import { describe, expect, it } from '@jest/globals';
import { executeIncrementally, type FetchAnswer, type IncrementalResult } from './index.ts';
import { runByHand } from './testing/asked-by-hand.ts';
import { graphUnderTest } from './testing/graph-under-test.ts';
import { askIncrementally } from './testing/merged-parts.ts';
import { townSubgraphs } from './testing/town.ts';

const town = graphUnderTest(townSubgraphs, { defer: true });

/** What was initial, and then what has come of the rest so far. */
const readingOf = async (result: Promise<IncrementalResult>) => {
  const { initial, rest } = await result;
  const reader = rest[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await reader.next();
    if (done === true) return 'the end';
    const { incremental, hasNext } = value;
    return [...incremental.map(({ path, label, dataJson }) => [path.join('.'), label, dataJson]), hasNext];
  };
  return { initial, next };
};

describe('a deferred fragment', () => {
  it('is answered when its own subgraph is, after everything else', async () => {
    const { result, answer, waitingFor } = runByHand(
      town,
      '{ me { name ... @defer(label: "slow") { shelves { label ... @defer { cost } } } ... @defer(label: "other") { kind } } }',
      executeIncrementally,
    );
    await answer('people');
    const { initial, next } = await readingOf(result);
    expect(initial).toEqual({ dataJson: '{"me":{"name":"Ada"}}', errors: [], problems: [], hasNext: true });
    expect([...waitingFor()].sort()).toEqual(['furniture', 'people']);

    await answer('people');
    expect(await next()).toEqual([['me', 'other', '{"kind":"MEMBER"}'], true]);
    await answer('furniture');
    expect(await next()).toEqual([['me', 'slow', '{"shelves":[{"label":"North"}]}'], true]);
    await answer('furniture');
    await answer('lending');
    expect(await next()).toEqual([['me.shelves.0', undefined, '{"cost":1000}'], false]);
    expect(await next()).toBe('the end');
  });

  it('that is ready before what it stands in comes after it', async () => {
    const { result, answer } = runByHand(
      town,
      '{ shelves { label } ... @defer(label: "fast") { me { name } } }',
      executeIncrementally,
    );
    await answer('people');
    await answer('furniture');
    const { initial, next } = await readingOf(result);
    expect(initial.hasNext).toBe(true);
    expect(await next()).toEqual([['', 'fast', '{"me":{"name":"Ada"}}'], false]);
    expect(await next()).toBe('the end');
  });

  it('is answered once for each element of a list, also where its data came with the rest', async () => {
    const { parts, payloads } = await askIncrementally(
      town,
      '{ persons { id city { name ... @defer(label: "zip") { zip } } ... @defer(label: "g") { greeting } } }',
    );
    expect(parts.map(({ path, label }) => [...path, label].join('.')).sort()).toEqual([
      'persons.0.city.zip',
      'persons.0.g',
      'persons.1.g',
      'persons.2.city.zip',
      'persons.2.g',
    ]);
    expect(payloads.map(({ hasNext }) => hasNext)).toEqual(payloads.map((_, at) => at < payloads.length - 1));
  });

  it('of another type is not answered', async () => {
    const { parts } = await askIncrementally(
      town,
      '{ beings { __typename ... on Person @defer(label: "p") { kind } ... on Robot @defer(label: "r") { jobs } } }',
    );
    expect(parts.map(({ path, label }) => [...path, label].join('.')).sort()).toEqual([
      'beings.0.p',
      'beings.1.r',
      'beings.2.p',
    ]);
  });

  it('is known by its place where a fragment is used twice', async () => {
    const { data, parts } = await askIncrementally(
      town,
      `{ a: me { ...F } b: person(id: "p2") { ...F } }
       fragment F on Person { id ... @defer(label: "x") { shelves { label } } }`,
    );
    expect(parts.map(({ path }) => path.join('.')).sort()).toEqual(['a', 'b']);
    expect(data).toEqual({
      a: { id: 'p1', shelves: [{ label: 'North' }] },
      b: { id: 'p2', shelves: [{ label: 'South' }] },
    });
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('is deferred or not as its condition says (%s)', async (d, count) => {
    const query = 'query ($d: Boolean!) { me { name ... @defer(if: $d) { shelves { label } } } }';
    const { initial, parts, data } = await askIncrementally(town, query, { d });
    expect(initial).toMatchObject({ hasNext: d });
    expect(parts).toHaveLength(count);
    expect(data).toEqual({ me: { name: 'Ada', shelves: [{ label: 'North' }] } });
  });

  it('may use names that the planner uses, and fields of the schema', async () => {
    const { data } = await askIncrementally(
      town,
      '{ me { id: name ... @defer { name: id ... @defer { t: __typename } } } ... @defer { __schema { queryType { name } } } }',
    );
    expect(data).toEqual({
      me: { id: 'Ada', name: 'p1', t: 'Person' },
      __schema: { queryType: { name: 'Query' } },
    });
  });

  it('changes nothing before its turn', async () => {
    const { data } = await askIncrementally(
      town,
      'mutation { rename(id: "p1", name: "Zoe") { name ... @defer { shelves { label } } } }',
    );
    expect(data).toEqual({ rename: { name: 'Zoe', shelves: [{ label: 'North' }] } });
  });
});

describe('the errors of a deferred fragment', () => {
  it('are its own, and its null goes no further than itself', async () => {
    const { initial, parts } = await askIncrementally(
      town,
      '{ me { name ... @defer(label: "a") { brokenForSure } ... @defer(label: "b") { broken kind } } }',
    );
    expect(initial).toMatchObject({ dataJson: '{"me":{"name":"Ada"}}', errors: [] });
    const told = parts.map(({ label, dataJson, errors }) => [
      label,
      dataJson,
      errors.map(({ path }) => path),
    ]);
    expect(told).toHaveLength(2);
    expect(told).toContainEqual(['a', 'null', [['me', 'brokenForSure']]]);
    expect(told).toContainEqual(['b', '{"broken":null,"kind":"MEMBER"}', [['me', 'broken']]]);
  });

  it('stand at the elements that they are about', async () => {
    const { parts } = await askIncrementally(town, '{ persons { id ... @defer { x: broken } } }');
    expect(parts.map(({ path, errors }) => [path, errors.map((error) => error.path)])).toEqual(
      [0, 1, 2].map((index) => [['persons', index], [['persons', index, 'x']]]),
    );
  });

  it('are problems where a subgraph broke its schema', async () => {
    const { result, answer } = runByHand(town, '{ me { name ... @defer { kind } } }', executeIncrementally);
    await answer('people');
    await answer('people', { data: { _entities: [{ kind: 'HIDDEN' }] } });
    const { rest } = await result;
    for await (const { incremental } of rest) {
      expect(incremental).toMatchObject([
        { dataJson: '{"kind":null}', problems: [{ path: ['me', 'kind'] }] },
      ]);
    }
  });

  it('do not come at all where what the fragment stands in is null', async () => {
    const { initial, parts } = await askIncrementally(
      town,
      '{ me { brokenForSure ... @defer { kind } } person(id: "nobody") { ... @defer { kind } } }',
    );
    expect(initial).toMatchObject({ dataJson: '{"me":null,"person":null}', hasNext: false });
    expect(parts).toEqual([]);
  });
});

describe('an incremental answer', () => {
  it('is refused with wrong variables', async () => {
    const { initial, parts } = await askIncrementally(town, 'query ($id: ID!) { person(id: $id) { id } }');
    expect(initial).toMatchObject({
      dataJson: undefined,
      errors: [{ code: 'BAD_USER_INPUT' }],
      hasNext: false,
    });
    expect(parts).toEqual([]);
  });

  it('breaks off, and never hangs, when something in it throws', async () => {
    const broken = new Error('a mistake of ours');
    const { result, answer } = runByHand(town, '{ me { name ... @defer { kind } } }', executeIncrementally);
    await answer('people');
    const { next } = await readingOf(result);
    const reading = next();
    const thrower: FetchAnswer = {
      get data() {
        throw broken;
      },
    };
    await answer('people', thrower);
    await expect(reading).rejects.toBe(broken);
  });
});
