import { describe, expect, it } from '@jest/globals';
import { composeSupergraph, type SubgraphSchema } from './compose-supergraph.ts';
import { subgraphsOf } from './load-supergraph.ts';
import { nullabilityProblems } from './nullability.ts';
import { SupergraphError } from './supergraph.errors.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';

const schema = (name: string, sdl: string): SubgraphSchema => ({
  name,
  routingUrl: `http://${name}/graphql`,
  sdl: `${link}\n${sdl}`,
  location: `${name}.graphql`,
});

const users = schema(
  'users',
  'type Query { me: User } type User @key(fields: "id") { id: ID! name: String! email: String! }',
);
const projects = schema(
  'projects',
  `type Query { project(id: ID!): Project }
   type Project @key(fields: "id") { id: ID! name: String! owner: User members: [User] }
   type User @key(fields: "id") { id: ID! projects: [Project!] }`,
);
const inbox = schema(
  'inbox',
  `type Query { inbox: [Notice!] } union Subject = Project | Notice
   type Notice @key(fields: "id") { id: ID! subject: Subject text: String! }
   type Project @key(fields: "id", resolvable: false) { id: ID! }`,
);

const permutations = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item) =>
        permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
      );

const problemsOf = (schemas: readonly SubgraphSchema[]) => {
  try {
    composeSupergraph(schemas);
    return [];
  } catch (error) {
    if (!(error instanceof SupergraphError)) throw error;
    expect(error.code).toBe('SUPERGRAPH_COMPOSITION_FAILED');
    return error.problems;
  }
};

describe('composition', () => {
  it('gives the same bytes for every order of the subgraphs', () => {
    const results = permutations([users, projects, inbox]).map(
      (order) => composeSupergraph(order).supergraphSdl,
    );
    expect(results).toHaveLength(6);
    expect(new Set(results).size).toBe(1);
    expect(subgraphsOf(results[0] ?? '')).toEqual([
      { name: 'inbox', url: 'http://inbox/graphql' },
      { name: 'projects', url: 'http://projects/graphql' },
      { name: 'users', url: 'http://users/graphql' },
    ]);
  });

  it('names code, subgraph and place of each disagreement', () => {
    const rival = schema(
      'rival',
      'type Query { b: Int }\ntype User @key(fields: "id") { id: ID! name: Int! @shareable }',
    );
    const problems = problemsOf([users, rival]);
    expect(problems.map(({ code, subgraph }) => [code, subgraph])).toContainEqual([
      'FIELD_TYPE_MISMATCH',
      'rival',
    ]);
    expect(problems.map(({ location }) => location)).toContain('rival.graphql:3:40');
  });

  it('names the place of a syntax error in every schema that has one', () => {
    expect(problemsOf([schema('a', 'type Query {'), schema('b', 'type {')])).toMatchObject([
      { code: 'INVALID_GRAPHQL', subgraph: 'a', location: 'a.graphql:2:13' },
      { code: 'INVALID_GRAPHQL', subgraph: 'b', location: 'b.graphql:2:6' },
    ]);
  });

  it('reports a mistake inside one subgraph under its name', () => {
    expect(problemsOf([schema('a', 'type Query { a: NoSuchType }')])).toMatchObject([
      { code: 'INVALID_GRAPHQL', subgraph: 'a', message: expect.stringContaining('NoSuchType') },
    ]);
  });
});

describe('the nullability lint', () => {
  const lint = (...schemas: readonly SubgraphSchema[]) =>
    nullabilityProblems(composeSupergraph(schemas).supergraphSdl);

  it('finds nothing in a graph whose root and cross-subgraph fields are nullable', () => {
    expect(lint(users, projects, inbox)).toEqual([]);
  });

  it('finds root fields, references, items of references and additions that are not nullable', () => {
    const strict = schema(
      'projects',
      `type Query { project(id: ID!): Project! } type Mutation { archive: Project! }
       type Project @key(fields: "id") { id: ID! name: String! owner: User! members: [User!] }
       type User @key(fields: "id") { id: ID! projects: [Project!]! }`,
    );
    expect(lint(users, strict).map((problem) => problem.split(':')[0])).toEqual([
      'Mutation.archive',
      'Project.owner',
      'Project.members',
      'Query.project',
      'User.projects',
    ]);
  });

  it('looks through unions at the entities of other subgraphs', () => {
    const strict = { ...inbox, sdl: inbox.sdl.replace('subject: Subject', 'subject: Subject!') };
    expect(lint(projects, users, strict)).toEqual([
      'Notice.subject: it leads from INBOX to Project, an entity of another subgraph, so it and its items must be nullable.',
    ]);
  });
});
