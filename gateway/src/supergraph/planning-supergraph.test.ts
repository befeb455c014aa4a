import { expect, it } from '@jest/globals';
import { composeSupergraph } from './compose-supergraph.ts';
import { planningSupergraph } from './planning-supergraph.ts';

const subgraph = (name: string, sdl: string) => ({
  name,
  routingUrl: `http://${name}/graphql`,
  sdl: `extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])\n${sdl}`,
  location: `${name}.graphql`,
});

const { supergraphSdl } = composeSupergraph([
  subgraph('furniture', 'type Shelf @key(fields: "id") { id: ID! budget: Int }'),
  subgraph(
    'lending',
    `type Query { copies: [Copy!]! }
      type Copy @key(fields: "id") { id: ID! shelf: Shelf weight: Int @requires(fields: "shelf { budget }") }
      type Shelf @key(fields: "id") { id: ID! budget: Int @external cost: Int @requires(fields: "budget") }`,
  ),
]);

it('plans without deferring where the planner fails with it', () => {
  const planning = planningSupergraph(supergraphSdl, { isDeferEnabled: true });
  const deferred = planning.plan('{ copies { ... @defer { weight shelf { cost } } } }', undefined);
  expect(deferred).toEqual(planning.plan('{ copies { ... { weight shelf { cost } } } }', undefined));
  expect(deferred).toMatchObject({ kind: 'planned' });
});
