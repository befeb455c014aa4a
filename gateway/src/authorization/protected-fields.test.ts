import { expect, it } from '@jest/globals';
import { protectedSupergraph } from './protected-graph.fixture.ts';
import { protectedFieldProblems } from './protected-fields.ts';

it('tells which protected fields take their object with them', () => {
  expect(protectedFieldProblems(protectedSupergraph())).toEqual([
    'User.code: it is kept from some clients, so it must be nullable.',
  ]);
});

it('tells of fields that are protected by their type', () => {
  const sdl = `schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY) { query: Query }
    type Query { a: [A!]! b: B! c: [A!] } type A @authenticated { x: Int! } type B { y: Int! }`;
  expect(protectedFieldProblems(sdl)).toEqual([
    'Query.a: its type A is kept from some clients, so it must be nullable.',
  ]);
});

it('has nothing to say of a supergraph that protects nothing', () => {
  expect(protectedFieldProblems('type Query { a: Int! }')).toEqual([]);
});
