import { describe, expect, it } from '@jest/globals';
import {
  callSettingsOf,
  defaultGatewayYaml,
  GatewayYamlError,
  parseGatewayYaml,
  readGatewayYaml,
  urlOverrides,
} from './gateway-yaml.ts';

const problemsOf = (text: string): readonly string[] => {
  try {
    parseGatewayYaml(text, 'gateway.yaml');
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
    const { subgraphs, planning } = parseGatewayYaml(text, 'gateway.yaml');
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
planning:
  deadline_ms: -1
`;
    expect(problemsOf(text)).toEqual(
      expect.arrayContaining([
        'gateway.yaml:1:1 subgraph is no setting.',
        'gateway.yaml:4:5 subgraphs.users.timeout is no setting.',
        expect.stringMatching(/^gateway.yaml:5:5 subgraphs.users.timeout_ms is not right: /),
        expect.stringMatching(/^gateway.yaml:6:5 subgraphs.users.url is not right: /),
        'gateway.yaml:7:3 subgraphs.9lives is no name of a subgraph.',
        expect.stringMatching(/^gateway.yaml:9:3 planning.deadline_ms is not right: /),
      ]),
    );
    expect(problemsOf(text)).toHaveLength(6);
  });

  it('is refused when it is not YAML, says a thing twice or is no map', () => {
    expect(problemsOf('subgraphs: [')).toHaveLength(1);
    expect(problemsOf('planning: {}\nplanning: {}')).toEqual([expect.stringContaining('gateway.yaml:2:1')]);
    expect(problemsOf('[]')).toEqual([expect.stringContaining('The file is not right')]);
  });

  it('is refused when it cannot be read', async () => {
    await expect(readGatewayYaml('no-such/gateway.yaml', {})).rejects.toThrow('ENOENT');
  });

  it('takes secrets from the environment, and says which one is not there', () => {
    const text = 'headers: { insert: { authorization: "Bearer ${env.TOKEN}" } }';
    const { headers } = parseGatewayYaml(text, 'gateway.yaml', { TOKEN: 'abc' });
    expect(headers?.insert).toEqual({ authorization: 'Bearer abc' });
    expect(problemsOf(text)).toEqual([expect.stringContaining('TOKEN is not set')]);
  });

  it('lets no header be sent on that the gateway speaks for itself in', () => {
    const text = 'headers: { propagate: [authorization, Host, x-internal-identity] }';
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/headers.propagate.1 is not right: "Host"/),
      expect.stringMatching(/headers.propagate.2 is not right: "x-internal-identity"/),
    ]);
  });
});

describe('how a subgraph is called', () => {
  const defaults = { timeoutMs: 1, responseBytesMax: 2, connectionsMax: 3 };

  it('is said for itself, for all, or by default', () => {
    const text = `
headers: { propagate: [accept-language] }
errors: relay
subgraphs:
  users: { timeout_ms: 800, headers: { propagate: [authorization] }, bulkhead: { queue_max: 0 }, breaker: { failures: 9 } }
`;
    const yaml = parseGatewayYaml(text, 'gateway.yaml');
    const users = { ...defaults, timeoutMs: 800, headers: { propagate: ['authorization'], insert: {} } };
    expect(callSettingsOf(yaml, 'users', defaults)).toMatchObject({
      ...users,
      errors: 'relay',
      bulkhead: { concurrentMax: undefined, queueMax: 0 },
      breaker: { failures: 9, failureRate: 0.5, windowMs: 10_000, resetMs: 60_000 },
      retry: { attemptsMax: 2 },
    });
    expect(callSettingsOf(yaml, 'tasks', defaults)).toMatchObject({
      ...defaults,
      bulkhead: { queueMax: 1_000 },
      breaker: { failures: 5 },
      headers: { propagate: ['accept-language'], insert: {} },
      errors: 'relay',
    });
    expect(callSettingsOf(defaultGatewayYaml(), 'constructor', defaults)).toMatchObject({
      ...defaults,
      headers: undefined,
      errors: 'marked',
    });
  });

  it('is at one URL: two places may not name different ones', () => {
    const yaml = parseGatewayYaml('subgraphs: { users: { url: "http://a/" } }', 'gateway.yaml');
    expect(urlOverrides(yaml, { tasks: 'http://t/' })).toEqual({ users: 'http://a/', tasks: 'http://t/' });
    expect(() => urlOverrides(yaml, { users: 'http://b/' })).toThrow('GATEWAY_SUBGRAPH_URLS');
  });
});
