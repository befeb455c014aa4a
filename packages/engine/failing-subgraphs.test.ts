import { describe, expect, it } from '@jest/globals';
import { engineErrors } from './engine.errors.ts';
import { graphUnderTest, type Question } from './testing/graph-under-test.ts';
import { townSubgraphs } from './testing/town.ts';

const graph = graphUnderTest(townSubgraphs);
const cause = new Error('connection refused');

type Intercept = NonNullable<Question['intercept']>;

const without =
  (service: string): Intercept =>
  async (call, next) => {
    if (call.service === service) throw cause;
    return await next(call);
  };

/** What `service` says instead about entities. */
const answering =
  (service: string, answer: (count: number) => object): Intercept =>
  async (call, next) => {
    if (call.service !== service || !call.isEntityCall) return await next(call);
    return answer(call.representationsJson?.length ?? 0);
  };

const members = '{ shelves { members { name } } }';

describe('a subgraph that is down', () => {
  it('costs the fields that it would have brought, with an error at each root field', async () => {
    const { data, errors } = await graph.ask('{ me { name } p: person(id: "p2") { name } copies { id } }', {
      intercept: without('people'),
    });
    expect(data).toEqual({ me: null, p: null, copies: [{ id: 'c1' }, { id: 'c2' }, { id: 'c3' }] });
    expect(errors).toEqual(
      [['me'], ['p']].map((path) => ({
        message: 'connection refused',
        path,
        code: 'DOWNSTREAM_SERVICE_ERROR',
        service: 'people',
        cause,
      })),
    );
  });

  it('costs fields of entities, with an error at each entity', async () => {
    const { errors } = await graph.ask(members, { intercept: without('people') });
    expect(errors.map(({ path }) => path)).toEqual([
      ['shelves', 0, 'members', 0],
      ['shelves', 0, 'members', 1],
      ['shelves', 0, 'members', 2],
      ['shelves', 0, 'members', 3],
      ['shelves', 1, 'members', 0],
    ]);
  });

  it('is not asked about what it did not bring, nor is anyone else', async () => {
    const { calls, data } = await graph.ask('{ shelves { id owner { greeting } } }', {
      intercept: without('people'),
    });
    expect(calls.map(({ service }) => service)).toEqual(['furniture', 'people']);
    expect(data).toEqual({
      shelves: [
        { id: 's1', owner: { greeting: null } },
        { id: 's2', owner: { greeting: null } },
        { id: 's3', owner: null },
      ],
    });
  });

  it('is told with the permanent code of the failure', async () => {
    const failure = engineErrors.SUBGRAPH_ANSWER_MALFORMED();
    const { errors } = await graph.ask('{ me { name } }', { intercept: () => Promise.reject(failure) });
    expect(errors).toMatchObject([{ code: 'SUBGRAPH_ANSWER_MALFORMED', path: ['me'], cause: failure }]);
  });
});

describe('an answer that does not fit', () => {
  it.each([
    ['too few entities', () => ({ data: { _entities: [] } })],
    [
      'too many entities',
      (count: number) => ({ data: { _entities: Array.from({ length: count + 1 }, () => ({ name: 'X' })) } }),
    ],
    ['no list of entities', () => ({ data: { _entities: { 0: {} } } })],
    ['no data', () => ({})],
    ['data that is no object', () => ({ data: 'yes' })],
  ])('because of %s is an error, and nothing of it is used', async (_, answer) => {
    const { data, errors } = await graph.ask('{ shelf(id: "s1") { owner { kind } } }', {
      intercept: answering('people', answer),
    });
    expect(data).toEqual({ shelf: { owner: { kind: null } } });
    expect(errors).toMatchObject([{ code: 'SUBGRAPH_ANSWER_MALFORMED', path: ['shelf', 'owner'] }]);
  });

  it('leaves alone entities that are not there', async () => {
    const intercept = answering('people', (count) => ({ data: { _entities: Array(count).fill(null) } }));
    const { data, errors } = await graph.ask('{ shelf(id: "s1") { id owner { kind } } }', { intercept });
    expect(data).toEqual({ shelf: { id: 's1', owner: { kind: null } } });
    expect(errors).toEqual([]);
  });
});

describe('the error of a subgraph', () => {
  const failing = (error: object): Intercept =>
    answering('people', (count) => ({ data: { _entities: Array(count).fill(null) }, errors: [error] }));

  it('stands at every place of the entity that it is about', async () => {
    const intercept = failing({
      message: 'no',
      path: ['_entities', 0, 'name'],
      extensions: { code: 'NO', why: 1 },
    });
    const { errors } = await graph.ask(members, { intercept });
    const error = { message: 'no', code: 'NO', extensions: { why: 1 }, service: 'people' };
    expect(errors).toEqual([
      { ...error, path: ['shelves', 0, 'members', 0, 'name'] },
      { ...error, path: ['shelves', 0, 'members', 3, 'name'] },
    ]);
  });

  it('stands where the client looks, whatever the planner called the field', async () => {
    const { errors } = await graph.ask('{ shelves { owner { name: broken } } }');
    expect(errors.map(({ path }) => path)).toEqual([
      ['shelves', 0, 'owner', 'name'],
      ['shelves', 1, 'owner', 'name'],
    ]);
  });

  it('stands at the first entity when it names none', async () => {
    const { errors } = await graph.ask(members, { intercept: failing({ message: 'no' }) });
    expect(errors).toMatchObject([{ message: 'no', path: ['shelves', 0, 'members', 0] }]);
  });

  it('is reported a bounded number of times', async () => {
    const many = Array.from({ length: 5_000 }, () => ({ message: 'no', path: ['me'] }));
    const { errors } = await graph.ask('{ me { name } }', {
      intercept: () => Promise.resolve({ data: null, errors: many }),
    });
    expect(errors).toHaveLength(1_000);
  });
});

describe('null where the schema forbids it', () => {
  it('climbs to the next object that may be null', async () => {
    const { data, errors, problems } = await graph.ask(
      '{ shelves { label owner { id brokenForSure } members { brokenForSure } } }',
    );
    expect(data).toMatchObject({ shelves: [{ owner: null, members: [null, null, null, null] }, {}, {}] });
    expect(errors).toContainEqual(
      expect.objectContaining({ path: ['shelves', 0, 'owner', 'brokenForSure'] }),
    );
    expect(problems).toEqual([]);
  });

  it.each([
    ['a missing value', { me: { name: null } }, ['me', 'name']],
    ['a value of another type', { me: { name: 7 } }, ['me', 'name']],
    ['an object that is none', { me: 'Ada' }, ['me']],
    ['a type that cannot be', { me: { __typename: 'Robot', name: 'Ada' } }, ['me']],
    ['a list in place of an object', { me: [] }, ['me']],
  ])('is a problem when it comes from %s', async (_, answer, path) => {
    const { data, errors, problems } = await graph.ask('{ me { name } }', {
      intercept: () => Promise.resolve({ data: answer }),
    });
    expect(data).toEqual({ me: null });
    expect(errors).toEqual([]);
    expect(problems).toMatchObject([{ path }]);
  });

  it('is a problem also deep in lists', async () => {
    const { data, problems } = await graph.ask('{ persons { friends { name } } }', {
      intercept: () => Promise.resolve({ data: { persons: [{ friends: [{ name: 'A' }, null] }] } }),
    });
    expect(data).toBeNull();
    expect(problems).toMatchObject([{ path: ['persons', 0, 'friends', 1] }]);
  });

  it.each([
    ['a hidden value of an enum', '{ me { kind } }', { me: { kind: 'HIDDEN' } }],
    ['a scalar in place of a list', '{ s: shelf(id: "s1") { rows { id } } }', { s: { rows: 'none' } }],
    ['an integer that is too large', '{ s: shelf(id: "s1") { budget } }', { s: { budget: 2 ** 31 } }],
  ])('stands in place of %s', async (_, query, answer) => {
    const { data, problems } = await graph.ask(query, { intercept: () => Promise.resolve({ data: answer }) });
    expect(Object.values(Object.values(data as object)[0] as object)).toEqual([null]);
    expect(problems).toHaveLength(1);
  });

  it('stands in place of an object of a type that nobody may see', async () => {
    const { data, problems } = await graph.ask('{ beings { __typename } named(id: "x") { id } }', {
      intercept: () => Promise.resolve({ data: { beings: [], named: { __typename: 'Secret', id: 'x' } } }),
    });
    expect(data).toEqual({ beings: [], named: null });
    expect(problems).toMatchObject([{ path: ['named'] }]);
  });

  it('stands in place of an interface object whose type nobody tells', async () => {
    const intercept = answering('library', (count) => ({ data: { _entities: Array(count).fill(null) } }));
    const untyped = await graph.ask('{ best { __typename id } }', { intercept });
    expect(untyped.data).toBeNull();
    const plain = await graph.ask('{ best { id stars } }', { intercept });
    expect(plain.data).toEqual({
      best: [
        { id: 'w1', stars: 5 },
        { id: 'w2', stars: 0 },
      ],
    });
  });
});
