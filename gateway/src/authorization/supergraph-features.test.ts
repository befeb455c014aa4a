import { describe, expect, it } from '@jest/globals';
import { composeSupergraph } from '../supergraph/compose-supergraph.ts';
import { protectedSupergraph } from './protected-graph.fixture.ts';
import { featureProblems, overrideLabels, supergraphFeatures } from './supergraph-features.ts';

const withLink = (link: string): string =>
  `schema @link(url: "https://specs.apollo.dev/link/v1.0") ${link} { query: Query } type Query { a: Int }`;

describe('the features of a supergraph', () => {
  it('are listed with what is made of them', () => {
    const { supergraphSdl } = composeSupergraph([
      {
        name: 'a',
        routingUrl: 'http://a',
        location: 'a.graphql',
        sdl: `extend schema
          @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@tag", "@inaccessible", "@authenticated", "@cost", "@cacheTag", "@context", "@fromContext", "@composeDirective"])
          @link(url: "https://example.com/mine/v1.0", import: ["@mine"])
          @composeDirective(name: "@mine")
          directive @mine on FIELD_DEFINITION
          type Query { t: T @tag(name: "x") b: Int @inaccessible c: Int @authenticated d: Int @cost(weight: 2) @mine e: Int @cacheTag(format: "e") }
          type T @key(fields: "id") @context(name: "t") { id: ID! u: U }
          type U @key(fields: "id") { id: ID! v(t: ID @fromContext(field: "$t { id }")): Int }`,
      },
    ]);
    expect(
      supergraphFeatures(supergraphSdl).map(({ name, purpose, handling }) => [name, purpose, handling]),
    ).toEqual(
      expect.arrayContaining([
        ['link', undefined, 'executed'],
        ['join', 'EXECUTION', 'executed'],
        ['tag', undefined, 'informational'],
        ['inaccessible', 'SECURITY', 'enforced'],
        ['authenticated', 'SECURITY', 'enforced'],
        ['cost', undefined, 'measured'],
        ['context', 'SECURITY', 'executed'],
        ['cacheTag', 'EXECUTION', 'informational'],
        ['mine', undefined, 'unknown'],
      ]),
    );
    expect(featureProblems(supergraphSdl)).toEqual([]);
  });

  it.each([
    ['of a specification for security', '@link(url: "https://example.com/secrets/v1.0", for: SECURITY)'],
    [
      'of a specification for execution',
      '@link(url: "https://specs.apollo.dev/connect/v0.1", for: EXECUTION)',
    ],
    ['of a later version', '@link(url: "https://specs.apollo.dev/authenticated/v0.2", for: SECURITY)'],
    ['without a version', '@link(url: "https://specs.apollo.dev/policy", for: SECURITY)'],
    [
      'that an old supergraph links by @core',
      '@core(feature: "https://example.com/secrets/v1.0", for: SECURITY)',
    ],
  ])('refuse a supergraph %s that is not known', (_, link) => {
    const url = /"(.*)"/.exec(link)?.[1] ?? '';
    expect(featureProblems(withLink(link))).toEqual([
      { code: 'UNSUPPORTED_LINKED_FEATURE', message: expect.stringContaining(url) },
    ]);
  });

  it('refuse nothing for what is neither for security nor for execution', () => {
    expect(featureProblems(withLink('@link(url: "https://example.com/notes/v1.0")'))).toEqual([]);
  });

  it('of a supergraph with everything of ours are all known', () => {
    expect(supergraphFeatures(protectedSupergraph()).map(({ handling }) => handling)).not.toContain(
      'unknown',
    );
  });
});

it('the labels of progressive overrides are told, each once', () => {
  const { supergraphSdl } = composeSupergraph(
    [
      ['old', 'type Query { a: User } type User @key(fields: "id") { id: ID! name: String email: String }'],
      [
        'new',
        `type User @key(fields: "id") {
          id: ID!
          name: String @override(from: "old", label: "percent(50)")
          email: String @override(from: "old", label: "percent(50)")
        }`,
      ],
    ].map(([name = '', sdl = '']) => ({
      name,
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@override"]) ${sdl}`,
      routingUrl: `http://${name}/`,
      location: name,
    })),
  );
  expect(overrideLabels(supergraphSdl)).toEqual(['percent(50)']);
  expect(overrideLabels('type Query { a: Int }')).toEqual([]);
});
