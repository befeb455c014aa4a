import { describe, expect, it } from '@jest/globals';
import { buildASTSchema, Kind, parse, print, stripIgnoredCharacters, validate } from 'graphql';
import { readAuthorizationTable } from './authorization-table.ts';
import { authorizedPart } from './authorized-part.ts';
import { requirementsOf } from './operation-requirements.ts';
import { protectedGraph } from './protected-graph.fixture.ts';
import { authorizationRules } from './selection-place.ts';

const { api, table, operationOf } = protectedGraph();
const rules = authorizationRules({ schema: api, table });

/** The part for somebody who meets the requirements whose keys hold one of these texts. */
const partOf = (query: string, ...met: readonly string[]) => {
  const { document, operation } = operationOf(query);
  const keys = requirementsOf(rules, document, operation).map(({ key }) => key);
  const denied = new Set(keys.filter((key) => !met.some((text) => key.includes(text))));
  const part = authorizedPart(rules, document, operation, denied);
  expect(validate(api, part.document)).toEqual([]);
  return {
    text: stripIgnoredCharacters(print(part.document)),
    paths: part.removed.map(({ path }) => path.join('.')),
    isWhole: part.document === document,
    asksSubgraphs: part.asksSubgraphs,
    removed: part.removed,
  };
};

const squeezed = (query: string): string => stripIgnoredCharacters(print(parse(query)));

// As older compositions leave it: nothing is said of the interface.
const sdl = `
  schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY) { query: Query }
  type Query { node: Node any: Any }
  directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  interface Node { id: ID next: Node size: Int }
  interface Named { name: String }
  type Open implements Node & Named { id: ID next: Open size: Int name: String }
  type Half implements Node & Named { id: ID @authenticated next: Open size: Int name: String }
  type Shut implements Node @authenticated { id: ID next: Shut size: Int }
  union Any = Open | Half`;
const old = {
  schema: buildASTSchema(parse(sdl), { assumeValidSDL: true }),
  table: readAuthorizationTable(sdl),
};
const oldRules = authorizationRules(old);
const leftOf = (query: string) => {
  const document = parse(query);
  expect(validate(old.schema, document)).toEqual([]);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  const part = authorizedPart(oldRules, document, operation, new Set(['authenticated']));
  const isAsked = requirementsOf(oldRules, document, operation).length > 0;
  expect(isAsked).toBe(part.document !== document);
  return stripIgnoredCharacters(print(part.document));
};

describe('objects behind an interface or a union', () => {
  it.each([
    ['{ node { id } }', '{ __typename }'],
    ['{ node { size ... on Half { size } } }', '{ node { ... on Half { size } } }'],
    [
      '{ any { ... on Named { name } } node { ... on Named { name } } }',
      '{ any { ... on Named { name } } node { ... on Named { name } } }',
    ],
    ['{ any { ... on Node { id } ... on Named { name } } }', '{ any { ... on Named { name } } }'],
    ['{ node { ... on Open { id next { id } } } }', '{ node { ... on Open { id next { id } } } }'],
    [
      '{ node { ... on Open { ... on Node { id next { id } } } } }',
      '{ node { ... on Open { ... on Node { id next { id } } } } }',
    ],
    ['{ node { ... on Half { id next { id } } } }', '{ node { ... on Half { next { id } } } }'],
    ['{ any { ... on Node { next { id } } } }', '{ any { ... on Node { next { id } } } }'],
    ['{ node { next { __typename } } }', '{ __typename }'],
    ['{ node { __typename } }', '{ node { __typename } }'],
  ])('count where they may be met: %s', (query, expected) => {
    expect(leftOf(query)).toBe(squeezed(expected));
  });
});

describe('parts of an answer that come later', () => {
  it.each([
    [
      'query ($d: Boolean!) { any { ...F @defer(if: $d, label: "f") } } fragment F on Half { id name }',
      'query ($d: Boolean!) { any { ... on Half @defer(if: $d, label: "f") { name } } }',
    ],
    ['{ any { __typename ... on Half @defer { id } } }', '{ any { __typename } }'],
  ])('come without what is protected: %s', (query, expected) => {
    expect(leftOf(query)).toBe(squeezed(expected));
  });
});

describe('the part of an operation that is answered', () => {
  it.each([
    ['protected fields', '{ me { name m: mail } visits }', '{ me { name } }', ['me.m', 'visits']],
    ['fields of a protected type', '{ version badge mood }', '{ version }', ['badge', 'mood']],
    ['fields that lead to a protected type', '{ version staff { title } }', '{ version }', ['staff']],
    [
      'fields of an interface that one of its objects protects',
      '{ nodes { id label } }',
      '{ nodes { id } }',
      ['nodes.label'],
    ],
    [
      'fragments on a protected type, whatever is in them',
      '{ thing { ... on Staff { __typename t: title } ... on User { name } } }',
      '{ thing { ... on User { name } } }',
      ['thing.__typename', 'thing.t'],
    ],
    [
      'fields in named fragments, in each place by itself',
      '{ me { ...F boss { ...F } } } fragment F on User { mail id }',
      '{ me { ... on User { id } boss { ... on User { id } } } }',
      ['me.mail', 'me.boss.mail'],
    ],
    [
      'objects of which nothing is left',
      '{ version me { boss { mail } } account { number } }',
      '{ version }',
      ['me.boss.mail', 'account.number'],
    ],
    [
      'fragments of which nothing is left',
      '{ me { name ... { mail } ...F } } fragment F on User { bonus ... @include(if: true) { salary } }',
      '{ me { name ... on User { bonus } } }',
      ['me.mail', 'me.salary'],
    ],
    [
      'variables that nobody uses any more',
      'query Q($first: Int, $a: Boolean!) { visits(first: $first) version @include(if: $a) }',
      'query Q($a: Boolean!) { version @include(if: $a) }',
      ['visits'],
    ],
    [
      'the same field once, however often it is asked for',
      '{ version me { mail mail ... on User { mail } } }',
      '{ version }',
      ['me.mail'],
    ],
    [
      'protected fields of mutations, which are not run',
      'mutation { rename(name: "x") { id } fire(id: 1) { id } }',
      'mutation { rename(name: "x") { id } }',
      ['fire'],
    ],
  ])('lacks %s', (_, query, expected, paths) => {
    const part = partOf(query);
    expect(part.text).toBe(squeezed(expected));
    expect(part.paths).toEqual(paths);
  });

  it('keeps fields that no object protects which they meet in their fragment', () => {
    const query = '{ nodes { id ... on User { label } ... on Place { label } } }';
    expect(partOf(query)).toMatchObject({
      text: squeezed('{ nodes { id ... on User { label } } }'),
      paths: ['nodes.label'],
    });
  });

  it('is the operation itself where everything may be answered', () => {
    const query = '{ me { name mail } thing { __typename } __schema { types { name } } }';
    expect(partOf(query, 'authenticated').isWhole).toBe(true);
    expect(partOf('{ nodes { id __typename } }').isWhole).toBe(true);
  });

  it('asks no subgraph when nothing is left', () => {
    expect(partOf('{ visits me { mail } }')).toMatchObject({ text: '{__typename}', asksSubgraphs: false });
    expect(partOf('{ visits __schema { description } t: __typename }').asksSubgraphs).toBe(false);
    expect(partOf('{ visits version }').asksSubgraphs).toBe(true);
  });

  it('keeps an object that conditions may leave without what is protected', () => {
    const query = 'query ($a: Boolean!) { me { mail @include(if: $a) } }';
    expect(partOf(query)).toMatchObject({
      text: '{me{__typename}}',
      removed: [{ path: ['me', 'mail'], conditions: [{ variable: 'a', wanted: true }] }],
    });
  });

  it('keeps an object whose type may leave it without what is protected', () => {
    expect(partOf('{ node { ... on Place { label } } }').text).toBe('{node{__typename}}');
  });

  it('keeps a field of a mutation that may be run, though nothing of its outcome may be read', () => {
    expect(partOf('mutation { rename { mail } }')).toMatchObject({
      text: 'mutation{rename{__typename}}',
      paths: ['rename.mail'],
    });
  });

  it('lacks without a word what is never asked for', () => {
    const query = '{ version mood @skip(if: true) me @include(if: false) { mail name } }';
    expect(partOf(query)).toMatchObject({
      text: squeezed('{ version me @include(if: false) { name } }'),
      paths: [],
    });
  });

  it('knows under which conditions something is missing', () => {
    const query =
      'query ($a: Boolean!, $b: Boolean!) { me @skip(if: $a) { ... @include(if: $b) { mail } name } }';
    expect(partOf(query).removed).toEqual([
      {
        path: ['me', 'mail'],
        conditions: [
          { variable: 'a', wanted: false },
          { variable: 'b', wanted: true },
        ],
      },
    ]);
  });

  it('lists no more than a thousand of the fields that it lacks', () => {
    const fields = Array.from({ length: 1_001 }, (_, index) => `a${index}: visits`).join(' ');
    expect(partOf(`{ ${fields} }`).paths).toHaveLength(1_000);
  });
});
