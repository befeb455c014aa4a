import { describe, expect, it } from '@jest/globals';
import { composeSupergraph } from '../supergraph/compose-supergraph.ts';
import { readAuthorizationTable } from './authorization-table.ts';
import { protectedSupergraph } from './protected-graph.fixture.ts';

const keys = (requirements: readonly { readonly key: string }[]) => requirements.map(({ key }) => key);
const link = (more: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", ${more}])`;
const tableOf = (...schemas: readonly string[]) =>
  readAuthorizationTable(
    composeSupergraph(
      schemas.map((sdl, index) => ({
        name: `s${index}`,
        routingUrl: 'http://s',
        sdl,
        location: 's.graphql',
      })),
    ).supergraphSdl,
  );

describe('the authorization table of a composed supergraph', () => {
  const table = readAuthorizationTable(protectedSupergraph());

  it('has the demands of fields, whatever the directives were imported as', () => {
    expect(keys(table.ofField('User', 'mail'))).toEqual(['authenticated']);
    expect(keys(table.ofField('User', 'salary'))).toEqual(['scopes [["hr","pay:read"],["pay:all"]]']);
    expect(keys(table.ofField('User', 'name'))).toEqual([]);
  });

  it('has the demands of objects, scalars, enums and interfaces', () => {
    expect(keys(table.ofType('Staff'))).toEqual(['policies [["board"],["eu","hr"]]']);
    expect(keys(table.ofType('Badge'))).toEqual(['scopes [["admin"],["badges"]]']);
    expect(keys(table.ofType('Mood'))).toEqual(['authenticated']);
    // Composition wrote it there: an implementation demands it.
    expect(keys(table.ofField('Node', 'label'))).toEqual(['scopes [["places:read"]]']);
  });

  it('has both demands of a field that two subgraphs protect', () => {
    const one = (directives: string) =>
      `${link('"@authenticated", "@requiresScopes"')} type Query { a: Int @shareable ${directives} }`;
    const both = tableOf(one('@authenticated'), one('@requiresScopes(scopes: [["x"]])'));
    expect(keys(both.ofField('Query', 'a')).toSorted()).toEqual(['authenticated', 'scopes [["x"]]']);
  });

  it('reads directives by their full names where they were not imported', () => {
    const sdl = `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/policy/v0.1", as: "rule", for: SECURITY) { query: Query }
      type Query { a: Int @rule(policies: [["p"]]) b: Int @policy(policies: [["p"]]) }`;
    const renamed = readAuthorizationTable(sdl);
    expect(keys(renamed.ofField('Query', 'a'))).toEqual(['policies [["p"]]']);
    expect(keys(renamed.ofField('Query', 'b'))).toEqual([]);
  });

  it('takes a demand that names nobody for one that nobody meets', () => {
    const nobody = tableOf(`${link('"@requiresScopes"')} type Query { a: Int @requiresScopes(scopes: []) }`);
    expect(nobody.ofField('Query', 'a')).toEqual([{ kind: 'scopes', anyOf: [], key: 'scopes []' }]);
  });

  it('is empty for a supergraph that protects nothing, also one with directives of the same names', () => {
    const sdl = `${link('"@tag"')} directive @policy(policies: [[String!]!]!) on FIELD_DEFINITION
      type Query { a: Int @policy(policies: [["p"]]) @tag(name: "x") }`;
    expect(tableOf(sdl).isEmpty).toBe(true);
    expect(table.isEmpty).toBe(false);
  });
});
