import { describe, expect, it } from '@jest/globals';
import { GatewayYamlError, parseGatewayYaml, readGatewayYaml } from './gateway-yaml.ts';

const problemsOf = (text: string, subgraphs?: ReadonlySet<string>): readonly string[] => {
  try {
    parseGatewayYaml(text, 'gateway.yaml', subgraphs);
    return [];
  } catch (error) {
    if (!(error instanceof GatewayYamlError)) throw error;
    return error.problems.map(({ location, message }) => `${location} ${message}`);
  }
};

describe('gateway.yaml', () => {
  it.each(['', '# nothing yet', '{}', 'subgraphs: {}'])('may say nothing: %j', (text) => {
    const { subgraphs, planning } = parseGatewayYaml(text, 'gateway.yaml');
    expect(subgraphs).toEqual({});
    expect(planning.planner.planDeadlineMs).toBe(250);
    expect(planning.cache.entriesMax).toBe(2_000);
  });

  it('has settings for each subgraph by its name, and for planning', () => {
    const text = `
subgraphs:
  users: { url: 'http://users:4001/graphql', timeout_ms: 800 }
planning: { deadline_ms: 100, warm_up_operations_max: 0 }
`;
    const { subgraphs, planning } = parseGatewayYaml(text, 'gateway.yaml', new Set(['users']));
    expect(subgraphs['users']).toMatchObject({ url: 'http://users:4001/graphql', timeoutMs: 800 });
    expect(planning).toMatchObject({ planner: { planDeadlineMs: 100 }, warmUp: { operationsMax: 0 } });
  });

  it('lists every mistake at once, each with its path and place', () => {
    const text = `subgraph: {}
subgraphs:
  users:
    timeout: 5
    timeout_ms: soon
    url: 'ftp://users'
  9lives: {}
  inbox: {}
planning:
  deadline_ms: -1
`;
    expect(problemsOf(text, new Set(['users', '9lives']))).toEqual(
      expect.arrayContaining([
        'gateway.yaml:1:1 subgraph is no setting.',
        'gateway.yaml:4:5 subgraphs.users.timeout is no setting.',
        expect.stringMatching(/^gateway.yaml:5:5 subgraphs.users.timeout_ms is not right: /),
        expect.stringMatching(/^gateway.yaml:6:5 subgraphs.users.url is not right: /),
        'gateway.yaml:7:3 subgraphs.9lives is no name of a subgraph.',
        'gateway.yaml:8:3 subgraphs.inbox is no subgraph of this supergraph.',
        expect.stringMatching(/^gateway.yaml:10:3 planning.deadline_ms is not right: /),
      ]),
    );
    expect(problemsOf(text, new Set(['users', '9lives']))).toHaveLength(7);
  });

  it('is refused when it is not YAML, says a thing twice or is no map', () => {
    expect(problemsOf('subgraphs: [')).toHaveLength(1);
    expect(problemsOf('planning: {}\nplanning: {}')).toEqual([expect.stringContaining('gateway.yaml:2:1')]);
    expect(problemsOf('[]')).toEqual([expect.stringContaining('The file is not right')]);
  });

  it('is refused when it cannot be read', async () => {
    await expect(readGatewayYaml('no-such/gateway.yaml')).rejects.toThrow('ENOENT');
  });
});
