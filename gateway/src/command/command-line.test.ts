import { describe, expect, it } from '@jest/globals';
import { ConfigError, type Environment } from '@saas/config';
import { commandLine, inOwnWords, usage } from './command-line.ts';

const run = (args: readonly string[], environment: Environment = {}) => {
  const line = commandLine(args, environment, '/here');
  if (line.kind !== 'run') throw new Error('It was asked for help.');
  return line.environment;
};
const problemsOf = (args: readonly string[], environment: Environment = {}): readonly string[] => {
  try {
    run(args, environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
};

describe('the command line', () => {
  it('says everything that is needed', () => {
    expect(
      run(['--supergraph', 'a.graphql', '--port=0', '--host', '0.0.0.0', '--config', '/etc/g.yaml']),
    ).toEqual({
      GATEWAY_SUPERGRAPH_FILE: '/here/a.graphql',
      GATEWAY_HTTP_PORT: '0',
      GATEWAY_HTTP_HOST: '0.0.0.0',
      GATEWAY_CONFIG_FILE: '/etc/g.yaml',
    });
  });

  it.each([
    [['--compose', 'supergraph.yaml'], { GATEWAY_SUPERGRAPH_YAML: '/here/supergraph.yaml' }],
    [['--supergraph-url', 'https://a/b'], { GATEWAY_SUPERGRAPH_URL: 'https://a/b' }],
    [['--introspect', 'a=http://a/'], { GATEWAY_INTROSPECT: 'a=http://a/' }],
  ])('names any source: %j', (args, environment) => {
    expect(run(args)).toEqual(environment);
  });

  it('wins over the environment, and its source over all sources there', () => {
    const environment = {
      SUPERGRAPH: 'env.graphql',
      PORT: '1',
      GATEWAY_SUPERGRAPH_URL: 'https://a/b',
      GATEWAY_HTTP_PORT: '2',
      GATEWAY_LOG_LEVEL: 'info',
    };
    expect(run(['--compose', 's.yaml', '--port', '3'], environment)).toMatchObject({
      GATEWAY_SUPERGRAPH_YAML: '/here/s.yaml',
      GATEWAY_HTTP_PORT: '3',
      GATEWAY_LOG_LEVEL: 'info',
    });
    const { GATEWAY_SUPERGRAPH_URL, GATEWAY_SUPERGRAPH_FILE } = run(['--compose', 's.yaml'], {
      ...environment,
      GATEWAY_HTTP_PORT: '1',
    });
    expect([GATEWAY_SUPERGRAPH_URL, GATEWAY_SUPERGRAPH_FILE]).toEqual([undefined, undefined]);
  });

  it('may be empty: the plain names of the environment are understood', () => {
    expect(run([], { SUPERGRAPH: 'a.graphql', PORT: '8080', HOST: '::' })).toMatchObject({
      GATEWAY_SUPERGRAPH_FILE: '/here/a.graphql',
      GATEWAY_HTTP_PORT: '8080',
      GATEWAY_HTTP_HOST: '::',
    });
    expect(run([], { PORT: '' })).toEqual({ PORT: '' });
  });

  it.each([
    [['--supergrph', 'a'], {}, /--supergrph/],
    [['a.graphql'], {}, /a\.graphql/],
    [['--port'], {}, /--port/],
    [['--port='], {}, /--port: needs a value/],
    [['--port', '1', '--port=2'], {}, /--port: was given twice/],
    [['--supergraph', 'a', '--compose', 'b'], {}, /--compose: contradicts --supergraph/],
    [[], { PORT: '1', GATEWAY_HTTP_PORT: '2' }, /PORT: contradicts GATEWAY_HTTP_PORT/],
  ])('is refused when it is wrong: %j with %j', (args, environment, problem) => {
    expect(problemsOf(args, environment)).toEqual([expect.stringMatching(problem)]);
  });

  it('is spoken of in its own words', () => {
    const error = new ConfigError(['GATEWAY_HTTP_PORT: needs a port', 'GATEWAY_ENGINE: needs own']);
    expect(inOwnWords(error, ['--port=a']).problems).toEqual([
      '--port: needs a port',
      'GATEWAY_ENGINE: needs own',
    ]);
    expect(inOwnWords(error, []).problems).toEqual(error.problems);
  });

  it('explains itself', () => {
    expect(commandLine(['--help'], {}, '/')).toEqual({ kind: 'help' });
    expect(commandLine(['-h', '--port', '1'], {}, '/')).toEqual({ kind: 'help' });
    expect(usage).toContain('--supergraph FILE');
  });
});
