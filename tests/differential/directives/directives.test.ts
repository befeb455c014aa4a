import { describe, expect, it } from '@jest/globals';
import { planningSupergraph } from '@saas/gateway';
import { isEnumType, isObjectType } from 'graphql';
import type { SubgraphSource } from '../graphs/subgraph-source.ts';
import { composed, ownTestGraph } from '../test-graph.ts';
import { nothingFails } from '../world/world.ts';

const federation = (version: string, ...imports: string[]) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/${version}", import: [${imports
    .map((each) => (each.startsWith('{') ? each : `"${each}"`))
    .join(', ')}])\n`;

const answersOf = async (sources: readonly SubgraphSource[], query: string) => {
  const graph = await ownTestGraph(sources);
  const { data } = await graph.truth(query, {}, nothingFails);
  const { dataJson, errors, calls } = await graph.own(query, {}, graph.subgraphs(nothingFails));
  return { own: dataJson, truth: JSON.stringify(data), errors, calls, api: graph.api };
};

/** One subgraph that uses a directive, and another that adds to its entity. */
const besides = (head: string, sdl: string): readonly SubgraphSource[] => [
  { name: 'one', sdl: head + sdl },
  { name: 'two', sdl: federation('v2.3', '@key') + 'type User @key(fields: "id") { id: ID! age: Int }' },
];

describe('a supergraph with', () => {
  it.each([
    ['@authenticated', 'v2.5', 'name: String @authenticated'],
    ['@requiresScopes', 'v2.5', 'name: String @requiresScopes(scopes: [["read"]])'],
    ['@policy', 'v2.6', 'name: String @policy(policies: [["vip"]])'],
    ['@cost', 'v2.9', 'name: String @cost(weight: 5)'],
    ['@listSize', 'v2.9', 'name: String friends: [User] @listSize(assumedSize: 3)'],
    ['@cacheTag', 'v2.12', 'name: String @cacheTag(format: "users")'],
    ['@tag', 'v2.3', 'name: String @tag(name: "public")'],
    ['@shareable', 'v2.3', 'name: String @shareable'],
  ])('%s loads, and is answered like one graph', async (directive, version, fields) => {
    const format =
      directive === '@cacheTag'
        ? fields.replace('name: String @cacheTag(format: "users")', 'name: String')
        : fields;
    const root = directive === '@cacheTag' ? 'users: [User!]! @cacheTag(format: "users")' : 'users: [User!]!';
    const sdl = `type User @key(fields: "id") { id: ID! ${format} } type Query { ${root} }`;
    const sources = besides(federation(version, '@key', directive), sdl);
    const { own, truth, errors } = await answersOf(sources, '{ users { name age } }');
    expect(own).toBe(truth);
    expect(errors).toEqual([]);
  });

  it('renamed imports loads, and is answered like one graph', async () => {
    const head = federation(
      'v2.9',
      '{ name: "@key", as: "@by" }',
      '{ name: "@external", as: "@theirs" }',
      '{ name: "@requires", as: "@needs" }',
    );
    const sdl =
      'type User @by(fields: "id") { id: ID! age: Int @theirs label: String @needs(fields: "age") } type Query { users: [User!]! }';
    const { own, truth, errors } = await answersOf(besides(head, sdl), '{ users { label age } }');
    expect(own).toBe(truth);
    expect(errors).toEqual([]);
  });

  it('composed directives of its own loads, and is answered like one graph', async () => {
    const head =
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"]) ' +
      '@link(url: "https://example.test/house/v1.0", import: ["@house"]) @composeDirective(name: "@house")\n' +
      'directive @house(rule: String!) on FIELD_DEFINITION\n';
    const sdl =
      'type User @key(fields: "id") { id: ID! name: String @house(rule: "x") } type Query { users: [User!]! }';
    const { own, truth } = await answersOf(besides(head, sdl), '{ users { name age } }');
    expect(own).toBe(truth);
  });

  it('hidden parts shows them to nobody', async () => {
    const head = federation('v2.9', '@key', '@inaccessible');
    const sdl =
      'type User @key(fields: "id") { id: ID! name: String secret: String @inaccessible mood: Mood } enum Mood { GOOD BAD @inaccessible } type Query { users: [User!]! }';
    const { own, truth, api } = await answersOf(besides(head, sdl), '{ users { name mood age } }');
    expect(own).toBe(truth);
    const [user, mood] = [api.getType('User'), api.getType('Mood')];
    expect(isObjectType(user) && Object.keys(user.getFields())).not.toContain('secret');
    expect(isEnumType(mood) && mood.getValues().map(({ name }) => name)).toEqual(['GOOD']);
  });

  it('a progressive override takes the field from where it was: nobody sets the label', async () => {
    const { own, truth, calls } = await answersOf(
      [
        {
          name: 'old',
          sdl:
            federation('v2.9', '@key') +
            'type User @key(fields: "id") { id: ID! name: String } type Query { users: [User!]! }',
        },
        {
          name: 'new',
          sdl:
            federation('v2.9', '@key', '@override') +
            'type User @key(fields: "id") { id: ID! name: String @override(from: "old", label: "percent(50)") }',
        },
      ],
      '{ users { name } }',
    );
    expect(own).toBe(truth);
    expect(calls.map(({ service }) => service)).toEqual(['old']);
  });

  it('an interface object is answered like one graph', async () => {
    const head = federation('v2.9', '@key', '@interfaceObject');
    const { own, truth } = await answersOf(
      [
        {
          name: 'one',
          sdl: `${head} interface Being @key(fields: "id") { id: ID! } type User implements Being @key(fields: "id") { id: ID! name: String } type Query { beings: [Being!]! }`,
        },
        { name: 'two', sdl: `${head} type Being @key(fields: "id") @interfaceObject { id: ID! age: Int }` },
      ],
      '{ beings { __typename age ... on User { name } } }',
    );
    expect(own).toBe(truth);
  });

  it('requirements of access tells of them in what is loaded, so that none is ignored unseen', () => {
    const sdl =
      'type User @key(fields: "id") { id: ID! name: String @authenticated } type Query { users: [User!]! }';
    const supergraphSdl = composed(besides(federation('v2.5', '@key', '@authenticated'), sdl));
    expect(supergraphSdl).toContain('@authenticated');
    expect(() => planningSupergraph(supergraphSdl, { isDeferEnabled: false })).not.toThrow();
  });
});
