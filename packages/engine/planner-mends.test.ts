import { describe, expect, it } from '@jest/globals';
import { compileOperation, preparePlanning, variablesOf } from './index.ts';
import { graphUnderTest } from './testing/graph-under-test.ts';
import { townSubgraphs } from './testing/town.ts';

const town = graphUnderTest(townSubgraphs);

describe('names of the client', () => {
  it('are never sent to a subgraph as fields that it trusts', async () => {
    const { data, calls } = await town.ask('{ me { name: id mail: name greeting } }');
    expect(data).toEqual({ me: { name: 'p1', mail: 'Ada', greeting: 'Hi Ada <ada@town>' } });
    const told = calls.map((call) => variablesOf(call)['representations']).filter(Boolean);
    expect(told).toEqual([[{ __typename: 'Person', id: 'p1', name: 'Ada', mail: 'ada@town' }]]);
  });

  it('cannot pretend to be the type of an object', async () => {
    const { data } = await town.ask('{ beings { ... on Person { __typename: name id shelves { label } } } }');
    expect(data).toEqual({
      beings: [
        { __typename: 'Ada', id: 'p1', shelves: [{ label: 'North' }] },
        {},
        { __typename: 'Ben', id: 'p2', shelves: [{ label: 'South' }] },
      ],
    });
  });

  it('may be those of the planner in variables too', async () => {
    const { data } = await town.ask(
      'query ($representations: String) { me { shelves { label } greeting(prefix: $representations) } }',
      { variables: { representations: 'Dear' } },
    );
    expect(data).toEqual({ me: { shelves: [{ label: 'North' }], greeting: 'Dear Ada <ada@town>' } });
  });

  it('leave the plan alone when they meet nothing', () => {
    const plan = JSON.stringify(town.plan('{ me { id n: name greeting } }'));
    expect(plan).toContain('n:name');
    expect(plan).not.toContain('own_');
  });
});

describe('requirements with arguments', () => {
  const graph = graphUnderTest([
    {
      name: 'goods',
      sdl: `type Query { good: Good other: Good }
        type Good @key(fields: "id") { id: ID! price(currency: String = "NOK"): Int weight: Int twin: Good }`,
      resolvers: {
        Query: { good: () => ({ id: 1 }), other: () => ({ id: 2 }) },
        Good: {
          __resolveReference: (good: object) => good,
          price: (_: unknown, { currency }: { currency: string }) => (currency === 'EUR' ? 10 : 100),
          weight: () => 7,
          twin: ({ id }: { id: number }) => ({ id: id + 1 }),
        },
      },
    },
    {
      name: 'tax',
      sdl: `type Good @key(fields: "id") {
          id: ID! price(currency: String = "NOK"): Int @external
          euroTax: String @requires(fields: "price(currency: \\"EUR\\")")
          kroneTax: String @requires(fields: "price(currency: \\"NOK\\")")
        }`,
      resolvers: {
        Good: {
          __resolveReference: (good: object) => good,
          euroTax: ({ price }: { price: number }) => `${price} EUR`,
          kroneTax: ({ price }: { price: number }) => `${price} NOK`,
        },
      },
    },
  ]);

  it('are met whatever the client asks for under the same name', async () => {
    const { data } = await graph.ask(
      '{ good { price(currency: "NOK") euroTax } other { price: weight kroneTax } }',
    );
    expect(data).toEqual({
      good: { price: 100, euroTax: '10 EUR' },
      other: { price: 7, kroneTax: '100 NOK' },
    });
  });

  it.each([
    ['{ good { euroTax kroneTax } }'],
    ['{ good { euroTax ...F } } fragment F on Good { weight ... { kroneTax } }'],
    ['{ good { twin { euroTax } twin { kroneTax } } }'],
  ])('that are at odds for one object are refused: %s', async (query) => {
    await expect(graph.ask(query)).rejects.toMatchObject({
      code: 'OPERATION_AMBIGUOUS_REQUIRES',
      fields: { field: 'Good.price' },
    });
  });

  it('may differ between objects', async () => {
    const { data } = await graph.ask('{ good { euroTax twin { kroneTax } } other { kroneTax } }');
    expect(data).toEqual({
      good: { euroTax: '10 EUR', twin: { kroneTax: '100 NOK' } },
      other: { kroneTax: '100 NOK' },
    });
  });
});

describe('conditions', () => {
  it.each([
    [true, { me: { cityLabel: 'Oslo/0150', greeting: 'Hi Ada <ada@town>' } }],
    [false, { me: { greeting: 'Hi Ada <ada@town>' } }],
  ])('on fields with requirements cost no other field (%s)', async (a, expected) => {
    const query = 'query ($a: Boolean!) { me { ... on Person @include(if: $a) { cityLabel } greeting } }';
    const { data } = await town.ask(query, { variables: { a } });
    expect(data).toEqual(expected);
  });

  it('that an operation was not planned for are refused', async () => {
    const query = 'query ($a: Boolean! = true) { me { greeting @include(if: $a) } }';
    expect(town.compile(query, undefined, { a: false }).restore?.conditionValues).toEqual({ a: false });
    expect(town.compile(query).restore?.conditionValues).toEqual({ a: true });
    expect(town.compile('query ($a: Boolean!) { me { name @include(if: $a) } }').restore).toBeUndefined();
  });

  it('may be many', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `v${index}`);
    const query = `query (${names.map((name) => `$${name}: Boolean = false`).join()}) {
      me { id ${names.map((name) => `${name}: name @include(if: $${name})`).join(' ')} } }`;
    const { data } = await town.ask(query, { variables: { v39: true } });
    expect(data).toEqual({ me: { id: 'p1', v39: 'Ada' } });
  });
});

describe('an empty plan', () => {
  it('of an operation that selects something is refused', () => {
    const { facts } = town.compile('{ __typename }');
    const { documentToPlan: document } = preparePlanning(facts, town.parse('{ me { id } }'));
    const compile = () => compileOperation(facts, { plan: { kind: 'QueryPlan' }, document });
    expect(compile).toThrow(expect.objectContaining({ code: 'PLAN_EMPTY' }));
  });

  it('is right when nothing is selected from subgraphs', async () => {
    expect((await town.ask('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});
