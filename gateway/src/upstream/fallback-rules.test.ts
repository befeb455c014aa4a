import { describe, expect, it } from '@jest/globals';
import { buildASTSchema, parse } from 'graphql';
import { fallbackRules } from './fallback-rules.ts';

const sdl = (link: string, directive = 'noStale') => `
  schema @link(url: "https://specs.apollo.dev/link/v1.0") ${link} { query: Query }
  directive @link(url: String, as: String, import: [String], for: String) repeatable on SCHEMA
  directive @${directive} on FIELD_DEFINITION
  type Query { me: User node: Node secret: String @${directive} }
  interface Node { id: ID! mail: String note: String @${directive} }
  type User implements Node { id: ID! mail: String @${directive} note: String friends: [User] team: Team }
  type Team { id: ID! mail: String }
`;
const link = '@link(url: "https://supergraph.local/noStale/v1.0", import: ["@noStale"])';
const rulesFor = (supergraphSdl: string, excluded: readonly string[] = []) =>
  fallbackRules(
    { supergraphSdl, schema: buildASTSchema(parse(supergraphSdl), { assumeValidSDL: true }) },
    excluded,
  );

describe('answers to a query', () => {
  it.each([
    ['{ me { id friends { id team { mail } } } }', true],
    [
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { id } } }',
      true,
    ],
    ['{ me { mail } }', false],
    ['{ me { friends { harmless: mail } } }', false],
    ['{ secret }', false],
    [
      'query Q__users__0($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { mail } } }',
      false,
    ],
    [
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Team { mail } } }',
      true,
    ],
    ['query { me { ...F } } fragment F on User { friends { mail } }', false],
    // Through the interface, and of the interface.
    ['{ node { mail } }', false],
    ['{ me { note } }', false],
    ['{ node { ... on Team { mail } } }', true],
    // Of a type that is not known.
    ['{ _entities { ... on Stranger { mail } } }', false],
  ])('%s may be kept: %j', (query, expected) => {
    expect(rulesFor(sdl(link)).mayKeep(query)).toBe(expected);
  });

  it('may be kept whatever a directive is called that is none of ours', () => {
    expect(rulesFor(sdl('')).mayKeep('{ me { mail } }')).toBe(true);
  });

  it('may not, by whatever name the supergraph calls our directive', () => {
    const renamed = '@link(url: "https://supergraph.local/noStale/v1.0", as: "fresh")';
    expect(rulesFor(sdl(renamed, 'fresh')).mayKeep('{ me { mail } }')).toBe(false);
  });

  it('may not when the settings exclude a field; what is not there is named', () => {
    const { mayKeep, unknownFields } = rulesFor(sdl(''), ['Team.mail', 'Team.male', 'Tea.mail']);
    expect(mayKeep('{ me { team { mail } } }')).toBe(false);
    expect(mayKeep('{ me { mail } }')).toBe(true);
    expect(unknownFields).toEqual(['Team.male', 'Tea.mail']);
  });
});

it('a generation is the same for the same supergraph, and another for another', () => {
  const [one, same, other] = [sdl(link), sdl(link), sdl('')].map((each) => rulesFor(each).generation);
  expect(one).toBe(same);
  expect(one).not.toBe(other);
});
