import { describe, expect, it } from '@jest/globals';
import { execute, parse } from 'graphql';
import { asJson, graphUnderTest, type Question } from './testing/graph-under-test.ts';
import { town, townSubgraphs } from './testing/town.ts';

const graph = graphUnderTest(townSubgraphs);

const truth = async (query: string, { variables, operationName }: Question) =>
  asJson(
    await execute({
      schema: graph.api,
      document: parse(query),
      rootValue: town,
      variableValues: variables,
      operationName,
    }),
  ) as { data: unknown; errors?: { message: string; path: unknown }[] };

const cases: readonly (readonly [title: string, query: string, question?: Question])[] = [
  ['fields of one subgraph', '{ me { id name mail kind city { name zip } } }'],
  [
    'entities across three subgraphs',
    '{ persons { name shelves { label copies { state borrower { name } } } } }',
  ],
  ['lists of lists', '{ shelves { rows { state points borrower { mail } } } }'],
  ['required fields', '{ persons { greeting cityLabel } copies { weight shelf { cost } } }'],
  ['provided fields', '{ shelves { keeper { name } } }'],
  ['provided fields and others', '{ shelves { keeper { name mail } } }'],
  [
    'unions',
    '{ search { __typename ... on Shelf { label owner { name } } ... on Person { name borrowed { state } } ... on Copy { state shelf { label } } } }',
  ],
  [
    'one alias for fields of different types',
    '{ search { ... on Shelf { n: budget } ... on Copy { n: weight } ... on Person { m: mail } } }',
  ],
  [
    'interfaces',
    '{ a: named(id: "r1") { id ... on Robot { jobs model } } b: named(id: "p1") { __typename ... on Person { shelves { label } } } c: named(id: "x") { id } }',
  ],
  [
    'nested fragments on interface and type',
    '{ me { friends { ... on Named { id ... on Person { name } } } } }',
  ],
  ['an interface object', '{ best { id stars } }'],
  ['the types behind an interface object', '{ best { __typename id stars } }'],
  [
    'fields behind an interface object',
    '{ best { title critics { name shelves { label } } ... on Book { pages } ... on Film { minutes } } }',
  ],
  [
    'fields of an interface object',
    '{ works { __typename title stars critics { mail } ... on Book { pages } } copies { work { stars title } } }',
  ],
  [
    'several levels through lists',
    '{ shelves { copies { readers { name borrowed { state shelf { owner { name } } } } } } }',
  ],
  [
    'variables',
    'query($i: ID!, $p: String) { person(id: $i) { greeting(prefix: $p) } }',
    { variables: { i: 'p2', p: 'Yo' } },
  ],
  ['defaults of variables', 'query($p: String = "Dear") { persons { greeting(prefix: $p) } }'],
  [
    'null given for a variable with a default',
    'query($p: String = "Dear") { persons { greeting(prefix: $p) } }',
    { variables: { p: null } },
  ],
  [
    'defaults of arguments when a variable is absent',
    'query($p: String) { persons { greeting(prefix: $p) } }',
  ],
  ['the operation that was named', 'query A { me { id } } query B { me { mail } }', { operationName: 'B' }],
  [
    'fragments',
    '{ me { ...F } persons { ...F ...G } } fragment F on Person { id name } fragment G on Person { name shelves { ...S } } fragment S on Shelf { id copies { points } }',
  ],
  [
    'aliases and arguments',
    '{ a: person(id: "p1") { x: name y: name g: greeting(prefix: "A") h: greeting(prefix: "B") } b: person(id: "p2") { x: mail } }',
  ],
  [
    'names of every object',
    '{ constructor: me { toString: name __proto__: mail valueOf: shelves { hasOwnProperty: label } } __proto__: me { name } }',
  ],
  ['introspection beside data', '{ __schema { queryType { name } } me { name shelves { label } } }'],
  [
    'introspection in fragments',
    'query($n: String!) { ...I } fragment I on Query { t: __type(name: $n) { name kind } me { id } }',
    { variables: { n: 'Person' } },
  ],
  ['type names everywhere', '{ __typename me { __typename t: __typename shelves { __typename } } }'],
  [
    'mutations in order',
    'mutation { a: rename(id: "p1", name: "Zoe") { name shelves { label } } b: rename(id: "p2", name: "Yan") { id name } }',
  ],
  [
    'mutations of which one fails',
    'mutation { failToRename { name } rename(id: "p1", name: "Zoe") { name } }',
  ],
  ['failing fields', '{ me { name broken } failing }'],
  ['failing fields in lists', '{ shelves { label owner { broken name } } }'],
  ['failing fields of repeated entities', '{ shelves { members { broken } } }'],
  ['nothing in an object', '{ me { name @skip(if: true) } }'],
  ['nothing at all', '{ me @skip(if: true) { name } }'],
  [
    'nothing by contradiction',
    'query($a: Boolean!) { me @skip(if: $a) @include(if: $a) { name } }',
    { variables: { a: true } },
  ],
  [
    'nothing in an object by variable',
    'query($a: Boolean!) { me { name @skip(if: $a) } }',
    { variables: { a: true } },
  ],
  [
    'nothing in a list by variable',
    'query($a: Boolean!) { persons { shelves { label @skip(if: $a) } } }',
    { variables: { a: true } },
  ],
];

describe('execute', () => {
  it.each(cases)('answers %s like one graph', async (_, query, question = {}) => {
    const { dataJson, errors, problems } = await graph.ask(query, question);
    const expected = await truth(query, question);
    expect(dataJson).toBe(JSON.stringify(expected.data));
    const told = errors.map(({ message, path }) => ({ message, path }));
    const expectedErrors = (expected.errors ?? []).map(({ message, path }) => ({ message, path }));
    expect(sorted(told)).toEqual(sorted(expectedErrors));
    expect(problems).toEqual([]);
  });
});

const sorted = (errors: readonly object[]): readonly string[] =>
  errors.map((each) => JSON.stringify(each)).sort();
