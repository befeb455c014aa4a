import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeSupergraph } from '../supergraph/compose-supergraph.ts';
import { fakeSubgraph, type SubgraphCall } from './fake-subgraph.ts';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

const users = `${link}
  "An instant as ISO-8601 text." scalar DateTime
  type Query { me: User user(id: ID!): User since(at: DateTime!): User }
  type Mutation { rename(name: String!): User }
  type User @key(fields: "id") { id: ID! name: String }`;

const projects = `${link}
  type Query { projects(first: Int): [Project] }
  type Project { id: ID! owner: User }
  type User @key(fields: "id", resolvable: false) { id: ID! }`;

const ada = { __typename: 'User', id: 'u1', name: 'Ada' };

/** What a healthy `users` answers. */
export const usersAnswer = ({ query, variables }: SubgraphCall): object => {
  const { representations } = variables;
  if (Array.isArray(representations)) {
    return { data: { _entities: representations.map((each: { id: string }) => ({ ...ada, id: each.id })) } };
  }
  return { data: query.startsWith('mutation') ? { rename: ada } : { me: ada, user: ada } };
};

export const projectsAnswer = (): object => ({
  data: {
    projects: ['u1', 'u2'].map((id, index) => ({ id: `p${index}`, owner: { __typename: 'User', id } })),
  },
});

/** Two fake subgraphs, the file of the supergraph over them, and a `gateway.yaml` of this text. For tests. */
export const fakeGraph = async (yaml: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const file = join(folder, 'supergraph.graphql');
  const [usersServer, projectsServer] = await Promise.all([
    fakeSubgraph('users', usersAnswer),
    fakeSubgraph('projects', projectsAnswer),
  ]);
  const { supergraphSdl } = composeSupergraph([
    { name: 'users', sdl: users, routingUrl: usersServer.url, location: 'users' },
    { name: 'projects', sdl: projects, routingUrl: projectsServer.url, location: 'projects' },
  ]);
  const settings = join(folder, 'gateway.yaml');
  await Promise.all([writeFile(file, supergraphSdl), writeFile(settings, yaml)]);
  return {
    file,
    settings,
    users: usersServer,
    projects: projectsServer,
    /** Both as they were at first. */
    reset: () => {
      usersServer.behave(usersAnswer);
      projectsServer.behave(projectsAnswer);
    },
    stop: async () => {
      await Promise.all([usersServer.stop(), projectsServer.stop()]);
      await rm(folder, { recursive: true });
    },
  };
};
