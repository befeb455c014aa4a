import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig, type Environment } from '@saas/config';
import { createLogger } from '@saas/telemetry';
import { supergraphSource } from './supergraph-source.ts';
import { supergraphChoiceOf, supergraphSettings } from './supergraph.config.ts';

const choose = (environment: Environment) =>
  supergraphChoiceOf(readConfig('GATEWAY_', supergraphSettings, environment));

const problemsOf = (environment: Environment): readonly string[] => {
  try {
    choose(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
};

const introspected = 'users=http://users/graphql,tasks=http://tasks/graphql';

describe('the source of the supergraph', () => {
  it('is the file supergraph.graphql unless one is named', () => {
    expect(choose({})).toEqual({ kind: 'file', file: './supergraph.graphql' });
  });

  it.each([
    [{ GATEWAY_SUPERGRAPH_FILE: 'a.graphql' }, { kind: 'file', file: 'a.graphql' }, 'file a.graphql'],
    [{ GATEWAY_SUPERGRAPH_YAML: 'a.yaml' }, { kind: 'yaml', file: 'a.yaml' }, 'rover a.yaml'],
    [
      {
        GATEWAY_SUPERGRAPH_URL: 'https://schemas/a',
        GATEWAY_SUPERGRAPH_URL_TOKEN: 'a secret of the schemas',
      },
      { kind: 'url', url: 'https://schemas/a', pollMs: 10_000 },
      'URL https://schemas',
    ],
    [
      { GATEWAY_INTROSPECT: introspected, GATEWAY_INTROSPECT_POLL_MS: '700' },
      { kind: 'introspection', subgraphs: [{ name: 'users' }, { name: 'tasks' }], pollMs: 700 },
      'introspection of users, tasks',
    ],
  ])('is the one that the settings name: %j', async (environment, choice, name) => {
    expect(choose(environment)).toMatchObject(choice);
    const logger = createLogger({ name: 'test', level: 'silent' });
    expect((await supergraphSource(choose(environment), { environment, logger })).name).toBe(name);
  });

  it('is one: several are refused by their names', () => {
    const several = {
      GATEWAY_SUPERGRAPH_FILE: 'a.graphql',
      GATEWAY_SUPERGRAPH_URL: 'https://schemas/a',
      GATEWAY_INTROSPECT: introspected,
    };
    expect(problemsOf(several)).toEqual([
      expect.stringMatching(/GATEWAY_SUPERGRAPH_URL: contradicts GATEWAY_SUPERGRAPH_FILE/),
      expect.stringMatching(/GATEWAY_INTROSPECT: contradicts GATEWAY_SUPERGRAPH_FILE/),
    ]);
  });

  it.each(['SUPERGRAPH_URL_TOKEN', 'SUPERGRAPH_URL_POLL_MS', 'INTROSPECT_POLL_MS'])(
    'has no use for %s of another one',
    (name) => {
      const problems = problemsOf({ [`GATEWAY_${name}`]: '1000000000000000' });
      expect(problems).toEqual([
        expect.stringMatching(new RegExp(`GATEWAY_${name}: says nothing without GATEWAY_`)),
      ]);
    },
  );
});
