import { describe, expect, it } from '@jest/globals';
import { variablesOf, type FetchCall } from './index.ts';
import { askedByHand } from './testing/asked-by-hand.ts';
import { graphUnderTest, type Question } from './testing/graph-under-test.ts';
import { townSubgraphs } from './testing/town.ts';

const town = graphUnderTest(townSubgraphs);

const idsOf = (call: FetchCall | undefined) =>
  (variablesOf(call ?? ({} as FetchCall))['representations'] as { id: string }[]).map(({ id }) => id);

describe('fetches that ask the same at several places', () => {
  it('are one call when they become ready together, in which equal entities are told once', async () => {
    const { data, calls } = await town.ask(
      `query Named { me { shelves { label copies { state } } } persons { shelves { label copies { state } } }
        p: person(id: "p3") { shelves { label copies { state } } } }`,
    );
    expect(calls.map(({ service }) => service)).toEqual(['people', 'furniture', 'lending']);
    expect(idsOf(calls[1])).toEqual(['p1', 'p2', 'p3']);
    const north = { label: 'North', copies: [{ state: 'OUT' }, { state: 'IN' }] };
    const south = { label: 'South', copies: [{ state: 'OUT' }] };
    expect(data).toEqual({
      me: { shelves: [north] },
      persons: [{ shelves: [north] }, { shelves: [south] }, { shelves: [] }],
      p: { shelves: [] },
    });
  });

  it('are two calls when they differ in what they ask', async () => {
    const { calls } = await town.ask(
      '{ me { a: greeting(prefix: "A") } p: person(id: "p2") { a: greeting(prefix: "B") } }',
    );
    expect(calls.map(({ service }) => service)).toEqual(['people', 'furniture', 'furniture']);
  });

  it('never wait for one that is not ready', async () => {
    const { result, open, answer, waitingFor } = askedByHand(
      town,
      '{ shelves { owner { mail } } copies { borrower { mail } } }',
    );
    await answer('furniture');
    expect(waitingFor()).toEqual(['lending', 'people']);
    expect(idsOf(open[1])).toEqual(['p1', 'p2']);
    await answer('lending');
    expect(waitingFor()).toEqual(['people', 'people']);
    await answer('people');
    await answer('people');
    expect(await result).toMatchObject({ errors: [], problems: [] });
  });

  it('may ask for different things under one name below', async () => {
    const { data, calls } = await town.ask(
      '{ me { shelves { x: copies(state: IN) { id } } } p: person(id: "p1") { shelves { x: copies(state: OUT) { id } } } }',
    );
    expect(calls.filter(({ service }) => service === 'furniture')).toHaveLength(1);
    expect(data).toEqual({
      me: { shelves: [{ x: [{ id: 'c2' }] }] },
      p: { shelves: [{ x: [{ id: 'c1' }] }] },
    });
  });

  it('are not made into calls without bounds', async () => {
    const many = Array.from({ length: 600 }, (_, index) => ({ __typename: 'Person', id: `x${index}` }));
    const calls: FetchCall[] = [];
    await town.ask('{ a: persons { shelves { id } } b: persons { shelves { id } } }', {
      intercept: (call) => {
        calls.push(call);
        if (call.isEntityCall) return Promise.resolve({ data: { _entities: [] } });
        return Promise.resolve({ data: structuredClone({ a: many, b: many }) });
      },
    });
    expect(calls.slice(1).map((call) => idsOf(call).length)).toEqual([600, 600]);
  });
});

describe('a call for several places', () => {
  const query = '{ me { shelves { label } } p: person(id: "p2") { shelves { label } } }';
  const furniture =
    (answer: (call: FetchCall) => object): NonNullable<Question['intercept']> =>
    async (call, next) =>
      call.service === 'furniture' ? Promise.resolve(answer(call)) : await next(call);

  it('tells its failure at each of them', async () => {
    const { errors, calls } = await town.ask(query, {
      intercept: furniture(() => {
        throw new Error('down');
      }),
    });
    expect(calls).toHaveLength(2);
    expect(errors.map(({ path }) => path)).toEqual([['me'], ['p']]);
  });

  it('tells the error of an entity wherever it stands, and one of none once at each', async () => {
    const intercept = furniture(() => ({
      data: { _entities: [null, { shelves: [] }] },
      errors: [{ message: 'one', path: ['_entities', 0, 'shelves'] }, { message: 'all' }],
    }));
    const { errors } = await town.ask(
      '{ me { shelves { label } } again: me { shelves { label } } p: person(id: "p2") { shelves { label } } }',
      { intercept },
    );
    expect(errors.map(({ message, path }) => [message, path?.join('.')])).toEqual([
      ['one', 'me.shelves'],
      ['one', 'again.shelves'],
      ['all', 'me'],
      ['all', 'again'],
      ['all', 'p'],
    ]);
  });

  it.each([
    ['data', { data: null }],
    ['entities', { data: { _entities: null } }],
  ])(
    'that brings no %s but errors is asked again for each alone, so that one cannot spoil another',
    async (_, nothing) => {
      const spoilt = { ...nothing, errors: [{ message: 'no', path: ['_entities'] }] };
      const { data, errors, calls } = await town.ask(query, {
        intercept: furniture((call) =>
          idsOf(call).includes('p2') ? spoilt : { data: { _entities: [{ shelves: [{ label: 'N' }] }] } },
        ),
      });
      expect(calls.slice(1).map(idsOf)).toEqual([['p1', 'p2'], ['p1'], ['p2']]);
      expect(data).toEqual({ me: { shelves: [{ label: 'N' }] }, p: null });
      expect(errors.map(({ path }) => path)).toEqual([['p']]);
    },
  );
});
