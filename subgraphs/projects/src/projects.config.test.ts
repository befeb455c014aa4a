import { expect, it } from '@jest/globals';
import { readProjectsConfig } from './projects.config.ts';

const valid = {
  PATH: '/usr/bin',
  PROJECTS_SHARD_URLS: 'postgresql://a/projects,postgresql://b/projects;postgresql://c/projects',
  PROJECTS_IDENTITY_KEY: 'identity-key-of-projects',
  PROJECTS_CLAIM_SECRET: 'claim-secret-of-projects',
};

it('fills in what is left out', () => {
  expect(readProjectsConfig(valid)).toMatchObject({
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: 4002,
    SHARD_URLS: [{ name: 'shard-0' }, { name: 'shard-1', replicas: [] }],
    REPLICA_LAG_MS_MAX: 1_000,
  });
});

it('names every mistake at once, and no secret', () => {
  const read = () =>
    readProjectsConfig({
      ...valid,
      PROJECTS_IDENTITY_KEY: 'hunter2',
      PROJECTS_HTPP_PORT: '1',
      PROJECTS_SHARD_URLS: '',
    });
  expect(read).toThrow(
    /PROJECTS_SHARD_URLS: .*\n.*PROJECTS_IDENTITY_KEY: .*\n.*PROJECTS_HTPP_PORT: unknown setting/,
  );
  expect(read).not.toThrow(/hunter2/);
});
