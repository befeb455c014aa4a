import { describe, expect, it } from '@jest/globals';
import { parseSupergraphYaml } from './supergraph-yaml.ts';
import { SupergraphError } from './supergraph.errors.ts';

const problemsOf = (text: string, environment = {}): readonly string[] => {
  try {
    parseSupergraphYaml(text, 'supergraph.yaml', environment);
    return [];
  } catch (error) {
    if (!(error instanceof SupergraphError)) throw error;
    expect(error.code).toBe('SUPERGRAPH_CONFIG_INVALID');
    return error.problems.map(({ code, location, message }) => `${code} ${location}: ${message}`);
  }
};

describe("rover's supergraph.yaml", () => {
  it('is read with its three sources of schemas, sorted by name', () => {
    const text = `
federation_version: =2.14.4
subgraphs:
  users: { routing_url: 'http://u/graphql', schema: { file: ./users.graphql } }
  events: { routing_url: 'events://gateway', schema: { sdl: 'type Query { a: Int }' } }
  reviews: { schema: { subgraph_url: 'http://r/graphql', introspection_headers: { x-key: abc } } }
`;
    expect(parseSupergraphYaml(text, 'supergraph.yaml', {})).toEqual({
      federationVersion: '=2.14.4',
      subgraphs: [
        {
          name: 'events',
          routingUrl: 'events://gateway',
          source: { kind: 'sdl', sdl: 'type Query { a: Int }' },
        },
        {
          name: 'reviews',
          routingUrl: undefined,
          source: { kind: 'introspection', url: 'http://r/graphql', headers: { 'x-key': 'abc' } },
        },
        { name: 'users', routingUrl: 'http://u/graphql', source: { kind: 'file', file: './users.graphql' } },
      ],
    });
  });

  it('takes variables of the environment, or their defaults', () => {
    const text = `
subgraphs:
  users: { routing_url: 'http://\${env.HOST}:\${env.PORT:-4001}/graphql', schema: { file: a.graphql } }
`;
    const [users] = parseSupergraphYaml(text, 'supergraph.yaml', { HOST: 'users', PORT: '' }).subgraphs;
    expect(users?.routingUrl).toBe('http://users:4001/graphql');
  });

  it('lists every mistake at once, each with its place', () => {
    const text = `federation_version: 1
subgrafs: {}
subgraphs:
  users:
    routing_url: 'http://\${env.NO_SUCH}/graphql'
    schema: { file: a.graphql, sdl: b }
  projects:
    schema: { file: a.graphql }
  reviews:
    schema: { graphref: mygraph@current, subgraph: reviews }
  events:
    schema: { remote_url: 'http://x' }
`;
    expect(problemsOf(text)).toEqual([
      'SUPERGRAPH_CONFIG_INVALID supergraph.yaml:5:5: The environment variable NO_SUCH is not set.',
      `SUPERGRAPH_CONFIG_INVALID supergraph.yaml:2:1: "subgrafs" is not a key of rover's format here (federation_version, subgraphs are).`,
      'SUPERGRAPH_FEDERATION_1_UNSUPPORTED supergraph.yaml:1:1: Federation 1 is not supported; use Federation 2.',
      'SUPERGRAPH_CONFIG_INVALID supergraph.yaml:6:5: "schema" must have exactly one of file, sdl and subgraph_url; it has file and sdl.',
      'SUPERGRAPH_CONFIG_INVALID supergraph.yaml:7:3: "routing_url" is required.',
      'SUPERGRAPH_SOURCE_UNSUPPORTED supergraph.yaml:10:15: "graphref" is not supported; use file, sdl or subgraph_url.',
      'SUPERGRAPH_SOURCE_UNSUPPORTED supergraph.yaml:12:15: "remote_url" is not supported; use file, sdl or subgraph_url.',
    ]);
  });

  it('refuses text that is not YAML, and one name twice', () => {
    expect(problemsOf('subgraphs: [')).toHaveLength(1);
    expect(problemsOf('subgraphs:\n  a: { schema: { sdl: x } }\n  a: {}')).toEqual([
      expect.stringContaining('supergraph.yaml:3:3'),
    ]);
    expect(problemsOf('')).toHaveLength(1);
    expect(problemsOf('subgraphs: {}')).toHaveLength(1);
  });
});
