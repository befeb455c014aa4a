import { describe, expect, it } from '@jest/globals';
import { variablesOf } from './index.ts';
import { graphUnderTest } from './testing/graph-under-test.ts';
import { townSubgraphs } from './testing/town.ts';

const town = graphUnderTest(townSubgraphs);

describe('representations', () => {
  it('are sent once for equal entities, which all get the answer', async () => {
    const { data, calls } = await town.ask('{ shelves { members { name } } }');
    const told = calls.filter(({ isEntityCall }) => isEntityCall);
    expect(told.map((call) => variablesOf(call)['representations'])).toEqual([
      ['p1', 'p2', 'p3'].map((id) => ({ __typename: 'Person', id })),
    ]);
    expect(data).toMatchObject({
      shelves: [{ members: ['Ada', 'Ben', 'Cleo', 'Ada'].map((name) => ({ name })) }, {}, {}],
    });
  });

  it('cause no call when there are none', async () => {
    const { calls } = await town.ask(
      '{ shelf(id: "s3") { owner { name } rows { state } members { name } } }',
    );
    expect(calls).toHaveLength(1);
  });
});

describe('a fetch of entities', () => {
  it.each([
    [true, ['furniture', 'people']],
    [false, ['furniture']],
  ])('is not made when conditions exclude all of it (%s)', async (a, services) => {
    const query = 'query ($a: Boolean!) { shelf(id: "s1") { owner { kind @include(if: $a) } } }';
    const { data, calls } = await town.ask(query, { variables: { a } });
    expect(data).toEqual({ shelf: { owner: a ? { kind: 'MEMBER' } : {} } });
    expect(calls.map(({ service }) => service)).toEqual(services);
  });
});

describe('variables', () => {
  it('are sent on only as the client gave them, defaults standing in the query', async () => {
    const query =
      'query ($p: String = "Dear", $q: String, $unused: Int) { me { a: greeting(prefix: $p) b: greeting(prefix: $q) } x: shelf(id: "s1") { id } y: copies(ids: ["c1"]) { id } z: me @skip(if: true) { friends(first: $unused) { id } } }';
    const { calls } = await town.ask(query, { variables: { q: 'Yo', unused: 1 } });
    const given = calls.map(({ variables }) => variables);
    expect(given).toEqual([{}, {}, {}, { q: 'Yo' }]);
  });

  it('that do not fit the schema keep the operation from running', async () => {
    const { data, errors, calls } = await town.ask('query ($id: ID!) { person(id: $id) { name } }');
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    expect(calls).toEqual([]);
  });

  it('that decide what is selected must not be null', async () => {
    const { errors } = await town.ask('query ($a: Boolean = true) { me @include(if: $a) { name } }', {
      variables: { a: null },
    });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
  });
});

describe('a condition', () => {
  it('keeps whole fetches from being sent', async () => {
    const query =
      'query ($a: Boolean = false) { me { name } persons @include(if: $a) { shelves { id } } copies @skip(if: $a) { id } }';
    const sent = async (variables: object) =>
      (await town.ask(query, { variables: { ...variables } })).calls.map(({ service }) => service).sort();
    expect(await sent({})).toEqual(['lending', 'people']);
    expect(await sent({ a: true })).toEqual(['furniture', 'people']);
  });
});

describe('mutations', () => {
  it('are sent one after the other, what they return completed', async () => {
    let running = 0;
    const { calls } = await town.ask(
      'mutation { a: rename(id: "p1", name: "A") { shelves { label } } b: rename(id: "p2", name: "B") { name } }',
      {
        intercept: async (call, next) => {
          running += 1;
          expect(running).toBe(1);
          const answer = await next(call);
          running -= 1;
          return answer;
        },
      },
    );
    expect(calls.map(({ kind }) => kind)).toContain('mutation');
  });
});

describe('contexts', () => {
  const graph = graphUnderTest([
    {
      name: 'tenancy',
      sdl: `type Query { tenants: [Tenant!]! }
        type Tenant @key(fields: "id") @context(name: "tenancy") { id: ID! tenant: String! seats: [Seat!]! }
        type Seat @key(fields: "id") { id: ID! badge(of: String @fromContext(field: "$tenancy { tenant }")): String! row: Row! }
        type Row @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          tenants: () => [
            { id: 1, tenant: 'X', seats: [{ id: 1 }, { id: 2 }] },
            { id: 2, tenant: 'Y', seats: [{ id: 1 }] },
          ],
        },
        Seat: {
          __resolveReference: (seat: object) => seat,
          row: ({ id }: { id: number }) => ({ id }),
          badge: ({ id }: { id: number }, { of }: { of: string }) => `${id}/${of}`,
        },
      },
    },
    {
      name: 'building',
      sdl: 'type Query { floors: Int } type Seat @key(fields: "id") { id: ID! window: Boolean }',
      resolvers: { Seat: { __resolveReference: (seat: object) => ({ ...seat, window: true }) } },
    },
  ]);

  it('give each entity the values of its own surroundings, in one call per combination', async () => {
    const { data, calls } = await graph.ask('{ tenants { tenant: id seats { badge window } } }');
    expect(data).toEqual({
      tenants: [
        {
          tenant: '1',
          seats: [
            { badge: '1/X', window: true },
            { badge: '2/X', window: true },
          ],
        },
        { tenant: '2', seats: [{ badge: '1/Y', window: true }] },
      ],
    });
    const badges = calls.filter(({ query }) => query.includes('badge'));
    expect(badges.map(({ representationsJson }) => representationsJson?.length)).toEqual([2, 1]);
  });
});

describe('fields of types that cannot be merged', () => {
  const graph = graphUnderTest([
    {
      name: 'one',
      sdl: `type Query { things: [Thing] } union Thing = A | B
        type A @key(fields: "id") { id: ID! x: Int! @shareable } type B @key(fields: "id") { id: ID! x: Int @shareable }`,
      resolvers: {
        Query: {
          things: () => [
            { __typename: 'A', id: 1, x: 0 },
            { __typename: 'B', id: 2, x: 0 },
            { __typename: 'B', id: 3, x: null },
            { __typename: 'B', id: 4, x: 'not a number' },
          ],
        },
      },
    },
    { name: 'two', sdl: 'type A @key(fields: "id") { id: ID! x: Int @shareable }' },
  ]);

  it('keep every value, and the places of their errors', async () => {
    const { data, errors } = await graph.ask('{ things { ... on A { x } ... on B { x } } }');
    expect(data).toEqual({ things: [{ x: 0 }, { x: 0 }, { x: null }, { x: null }] });
    expect(errors.map(({ path }) => path)).toEqual([['things', 3, 'x']]);
  });
});

describe('deferred fragments', () => {
  const graph = graphUnderTest(townSubgraphs, { defer: true });

  it.each([[true], [false]])('are answered with the rest (if: %s)', async (d) => {
    const query = `query ($d: Boolean!) { me { name ... @defer(if: $d) { mail shelves { label ... @defer(label: "cost") { cost copies { state } } } } } }`;
    const { data, errors } = await graph.ask(query, { variables: { d } });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      me: {
        name: 'Ada',
        mail: 'ada@town',
        shelves: [{ label: 'North', cost: 1000, copies: [{ state: 'OUT' }, { state: 'IN' }] }],
      },
    });
  });
});

describe('introspection', () => {
  it('shows what clients may see, from memory when asked again', async () => {
    const operation = '{ __type(name: "Kind") { enumValues { name } } x: __schema { queryType { name } } }';
    const { data, calls } = await town.ask(operation);
    expect(data).toEqual({
      __type: { enumValues: [{ name: 'GUEST' }, { name: 'MEMBER' }] },
      x: { queryType: { name: 'Query' } },
    });
    expect(calls).toEqual([]);
    const { introspect } = town.compile(operation);
    expect(introspect?.({})).toBe(introspect?.({}));
  });
});
