import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { isAppError } from '@saas/kernel';
import { buildSchema, Kind, parse } from 'graphql';
import { readCostTable } from './cost-table.ts';
import { defaultCostLimits, operationCost } from './operation-cost.ts';

const types = `
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
  type Query {
    thing: Thing
    things: [Thing!]! grid: [[Thing]]
    assumed: [Thing] @listSize(assumedSize: 7)
    sliced(first: Int, last: Int): [Thing] @listSize(assumedSize: 5, slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
    strict(first: Int, last: Int): [Thing] @listSize(slicingArguments: ["first", "last"])
    paged(first: Int = 20): [Thing] @listSize(slicingArguments: ["first"])
    filtered(filter: Filter): [Thing] @listSize(slicingArguments: ["filter.max"])
    connection(first: Int): Connection @listSize(slicingArguments: ["first"], sizedFields: ["edges", "inner.edges"])
    dear: Int @cost(weight: 9)
    weighed(text: String @cost(weight: 4), filter: Filter, filters: [Filter!]): Int
    page(first: Int = 20): Page
    pageBackwards(last: Int): Page
    top(first: Int): [Thing]
    rank(first: Int): Thing
    node: Node
    either: Either
  }
  type Mutation { make: Thing }
  input Filter { max: Int = 3 text: String @cost(weight: 2) and: Filter }
  type Connection { edges: [Edge] inner: Connection total: Int }
  type Edge { node: Thing }
  type Page { edges: [Edge] nodes: [Thing] total: Int next(first: Int = 20): Page }
  type Thing implements Node { id: ID! color: Color parts: [Thing] }
  type Gem implements Node @cost(weight: 6) { id: ID! @cost(weight: 2) }
  interface Node { id: ID! }
  union Either = Thing | Gem
  enum Color @cost(weight: 3) { RED }`;

const link = (
  rest: string,
) => `schema @link(url: "https://specs.apollo.dev/cost/v0.1"${rest}) { query: Query mutation: Mutation }
  directive @link(url: String, as: String, import: [Import]) repeatable on SCHEMA scalar Import`;
const sdl = `${link(', import: ["@listSize"]')} ${types}`;
const schema = buildSchema(sdl);

const costOf = (source: string, variables = {}, limits = defaultCostLimits, supergraph = sdl): number => {
  const document = parse(source);
  const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('no operation');
  return operationCost({ schema, table: readCostTable(supergraph), limits }, document, operation).hold(
    variables,
  );
};

describe('the cost of an operation', () => {
  it.each([
    ['objects cost 1, scalars nothing', '{ thing { id } }', 1],
    ['names of types cost nothing', '{ __typename thing { __typename } }', 1],
    ['introspection is free', '{ __schema { types { name fields { name } } } }', 0],
    ['lists cost their size, 10 unless the schema knows', '{ things { id } }', 10],
    ['lists multiply', '{ things { parts { id } } }', 110],
    ['lists of lists multiply', '{ grid { id } }', 100],
    ['the schema may assume a size', '{ assumed { id } }', 7],
    ['a slicing argument gives the size', '{ sliced(first: 2) { id } }', 2],
    ['of several, the largest', '{ sliced(first: 2, last: 4) { id } }', 4],
    ['null is as if absent', '{ sliced(first: null) { id } }', 5],
    ['below 0 is 0', '{ sliced(first: -8) { id } }', 0],
    ['defaults of the schema count', '{ paged { id } }', 20],
    ['slicing arguments may be inside input objects', '{ filtered(filter: { max: 4 }) { id } }', 5],
    ['with defaults there', '{ filtered(filter: {}) { id } }', 4],
    [
      'sized fields have their size from above',
      '{ connection(first: 30) { edges { node { id } } total } }',
      61,
    ],
    ['also further down', '{ connection(first: 3) { inner { edges { node { id } } } } }', 8],
    [
      'through fragments',
      '{ connection(first: 3) { ...F } } fragment F on Connection { edges { node { id } } }',
      7,
    ],
    ['without @listSize, first is the size of a connection', '{ page(first: 3) { nodes { id } total } }', 4],
    ['also of its edges', '{ page(first: 3) { edges { node { id } } } }', 7],
    ['also by default', '{ page { nodes { id } } }', 21],
    ['also by default when null is given', '{ page(first: null) { nodes { id } } }', 21],
    ['or is assumed as of any list', '{ pageBackwards { nodes { id } } }', 11],
    ['and so is last', '{ pageBackwards(last: 4) { nodes { id } } }', 5],
    ['and first is the size of a list', '{ top(first: 4) { id } }', 4],
    ['but says nothing about a single thing', '{ rank(first: 4) { parts { id } } }', 11],
    ['fields may have a weight', '{ dear }', 9],
    ['types may have a weight', '{ thing { color } }', 4],
    ['arguments may have a weight', '{ weighed(text: "x") }', 4],
    ['input objects cost 1 and what is in them', '{ weighed(filter: { text: "x", and: { max: 1 } }) }', 4],
    ['each of a list', '{ weighed(filters: [{}, {}, { text: "x" }]) }', 5],
    ['interfaces cost the most of their types', '{ node { id } }', 8],
    ['and so do unions', '{ either { ... on Thing { id } } }', 6],
    ['mutations cost 10 by themselves', 'mutation { make { id } }', 11],
    ['a part that is unknown costs nothing', '{ nothing { x } ... on Nobody { y } ...Nowhere }', 0],
  ])('%s', (_, source, cost) => {
    expect(costOf(source)).toBe(cost);
  });

  it.each([
    ['their values', 'query ($n: Int) { sliced(first: $n) { id } }', { n: 3 }, 3],
    ['their absence', 'query ($n: Int) { sliced(first: $n) { id } }', {}, 5],
    ['their defaults', 'query ($n: Int = 8) { sliced(first: $n) { id } }', {}, 8],
    ['values inside them', 'query ($f: Filter) { filtered(filter: $f) { id } }', { f: { max: 6 } }, 7],
    ['variables inside values', 'query ($n: Int) { filtered(filter: { max: $n }) { id } }', { n: 6 }, 7],
    ['input objects', 'query ($f: [Filter!]) { weighed(filters: $f) }', { f: [{ text: 'x' }, {}] }, 4],
    ['wrong types as absence', 'query ($n: Int) { sliced(first: $n) { id } }', { n: { x: 1 } }, 5],
    ['sized lists', 'query ($n: Int) { connection(first: $n) { edges { node { id } } } }', { n: 4 }, 9],
  ])('depends on variables: %s', (_, source, variables, cost) => {
    expect(costOf(source, variables)).toBe(cost);
  });

  it('multiplies connections inside one another in the schema of this system', async () => {
    const supergraph = await readFile('supergraph.graphql', 'utf8');
    const rules = {
      schema: buildSchema(supergraph, { assumeValidSDL: true }),
      table: readCostTable(supergraph),
      limits: defaultCostLimits,
    };
    const cost = (levels: number) => {
      const document = parse(
        `{ me ${'{ projects { nodes { owner '.repeat(levels)}{ id }${' } } }'.repeat(levels)} }`,
      );
      const [operation] = document.definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
      return operationCost(rules, document, operation).hold({});
    };
    expect(cost(2)).toBe(862);
    expect(refusal(() => cost(5))[0]).toBe('OPERATION_COST_EXCEEDED');
  });

  it('has a limit', () => {
    const nested = '{ things { parts { parts { parts { parts { id } } } } } }';
    expect(refusal(() => costOf(nested))).toEqual([
      'OPERATION_COST_EXCEEDED',
      { limit: 'cost', max: 100_000, actual: 111_110 },
    ]);
    const deeper = `{ things ${'{ parts '.repeat(15)} { id } ${'}'.repeat(15)} }`;
    expect(refusal(() => costOf(deeper))[1]).toMatchObject({ actual: 1_000_000_000 });
  });
});

describe('a list', () => {
  it.each([
    ['{ sliced(first: 1001) { id } }', {}],
    ['query ($n: Int) { sliced(first: $n) { id } }', { n: 1_001 }],
    ['query ($n: Int) { connection(first: $n) { total } }', { n: 1_001 }],
  ])('has a limit to its size: %s', (source, variables) => {
    const [code, fields] = refusal(() => costOf(source, variables));
    expect(code).toBe('LIST_SIZE_EXCEEDED');
    expect(fields).toMatchObject({ limit: 'listSize', max: 1_000, actual: 1_001 });
  });

  it.each([
    ['{ strict { id } }', {}],
    ['{ strict(first: 1, last: 1) { id } }', {}],
    ['{ thing { id } ...F } fragment F on Query { strict { parts { id } } }', {}],
    ['query ($n: Int) { strict(first: $n) { id } }', {}],
    ['query ($n: Int) { strict(first: $n) { id } }', { n: null }],
  ])('may require that its size is given: %s', (source, variables) => {
    expect(refusal(() => costOf(source, variables))).toEqual([
      'LIST_SIZE_REQUIRED',
      { field: 'Query.strict' },
    ]);
  });

  it('that is given as required passes', () => {
    expect(costOf('query ($n: Int, $m: Int) { strict(first: $n, last: $m) { id } }', { m: 2 })).toBe(2);
  });
});

describe('the directives', () => {
  it('are known by whatever names the supergraph imports them', () => {
    const imports = ', import: [{ name: "@cost", as: "@price" }, { name: "@listSize", as: "@long" }]';
    const renamed = `${link(imports)} ${types.replaceAll('@cost', '@price').replaceAll('@listSize', '@long')}`;
    expect(costOf('{ dear assumed { id } }', {}, defaultCostLimits, renamed)).toBe(16);
    const prefixed = `${link(', as: "demand"')} ${types.replaceAll('@cost', '@demand').replaceAll('@listSize', '@demand__listSize')}`;
    expect(costOf('{ dear assumed { id } }', {}, defaultCostLimits, prefixed)).toBe(16);
  });

  it('mean nothing when they are not those of the specification', () => {
    const unlinked = `schema { query: Query } ${types.replace(/type Mutation .*/, '')}`;
    expect(costOf('{ dear assumed { id } }', {}, defaultCostLimits, unlinked)).toBe(10);
  });
});

const refusal = (work: () => unknown): readonly [string, object] => {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return [error.code, error.fields];
    throw error;
  }
  throw new Error('was admitted');
};
