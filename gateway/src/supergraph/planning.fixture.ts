import { composeSupergraph } from './compose-supergraph.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';

const subgraph = (name: string, sdl: string) => ({
  name,
  routingUrl: `http://${name}/graphql`,
  sdl: `${link}\n${sdl}`,
  location: `${name}.graphql`,
});

/** Users, and projects that they own: one hop between two subgraphs. `extra` becomes one more root field. For tests. */
export const smallSupergraph = (extra = 'version'): string =>
  composeSupergraph([
    subgraph(
      'users',
      `type Query { me: User ${extra}: Int } type User @key(fields: "id") { id: ID! name: String }`,
    ),
    subgraph(
      'projects',
      'type User @key(fields: "id") { id: ID! projects: [Project] } type Project { title: String }',
    ),
  ]).supergraphSdl;

const TYPES = 24;

/** An interface whose many implementations are each spread over two subgraphs: wide selections on it take long to plan. */
export const wideSupergraph = (): string => {
  const names = Array.from({ length: TYPES }, (_, index) => `Node${index}`);
  const types = (fields: string) =>
    names.map(
      (name) => `type ${name} implements Node @key(fields: "id") { id: ID! next: Node @shareable ${fields} }`,
    );
  const shape = 'interface Node { id: ID! next: Node }';
  return composeSupergraph([
    subgraph('left', `type Query { node: Node } ${shape} ${types('left: Int').join(' ')}`),
    subgraph('right', `${shape} ${types('right: Int').join(' ')}`),
  ]).supergraphSdl;
};

/** Plans on `wideSupergraph` for far longer than a deadline, though it is only this long. */
export const hostileOperation = (depth = 1): string => {
  const types = Array.from({ length: TYPES }, (_, index) => `... on Node${index} { left right }`).join(' ');
  const nest = (level: number): string => (level === 0 ? 'id' : `id ${types} next { ${nest(level - 1)} }`);
  return `query Hostile { node { ${nest(depth)} } }`;
};
