import { describe, expect, it } from '@jest/globals';
import {
  amqpUrl,
  choice,
  ConfigError,
  count,
  flag,
  milliseconds,
  namedUrls,
  port,
  readAll,
  readConfig,
  redisUrl,
  secret,
  shardMap,
  shardUrls,
} from './index.ts';

const shape = {
  HTTP_PORT: port().default(4_002),
  SHARD_URLS: shardUrls(),
  REPLICA_LAG_MS_MAX: milliseconds().default(1_000),
  IDENTITY_KEY: secret(),
};
const read = (environment: Record<string, string | undefined>) => readConfig('PROJECTS_', shape, environment);
const valid = {
  PATH: '/usr/bin',
  PROJECTS_SHARD_URLS: 'postgresql://a/p, postgresql://b/p;postgresql://c/p',
  PROJECTS_IDENTITY_KEY: 'hunter2-hunter2-hunter2',
};

describe('configuration', () => {
  it('fills in defaults and knows each shard with its replicas', () => {
    expect(read(valid)).toMatchObject({
      HTTP_PORT: 4_002,
      SHARD_URLS: [
        { name: 'shard-0', primary: 'postgresql://a/p', replicas: ['postgresql://b/p'] },
        { name: 'shard-1', primary: 'postgresql://c/p', replicas: [] },
      ],
    });
  });

  it('reports every mistake at once, by name and never by value', () => {
    const problems = () =>
      read({
        ...valid,
        PROJECTS_HTTP_PORT: 'hunter3',
        PROJECTS_HTPP_PORT: '1',
        PROJECTS_SHARD_URLS: undefined,
      });
    expect(problems).toThrow(/PROJECTS_HTTP_PORT: (?!is required)/);
    expect(problems).toThrow(/PROJECTS_SHARD_URLS: is required/);
    expect(problems).toThrow(/PROJECTS_HTPP_PORT: unknown setting/);
    expect(problems).not.toThrow(/hunter/);
  });

  it('reports the mistakes of all parts together', () => {
    const both = () =>
      readAll({
        a: () => readConfig('A_', {}, { A_X: '1' }),
        b: () => readConfig('B_', {}, { B_Y: '1' }),
      });
    expect(both).toThrow(new ConfigError(['A_X: unknown setting', 'B_Y: unknown setting']));
  });

  it('says in plain words what each setting needs', () => {
    const settings = {
      COUNT: count().max(64),
      WAIT_MS: milliseconds(),
      FLAG: flag().default(true),
      LEVEL: choice(['info', 'warn']).default('info'),
      QUEUE_URL: amqpUrl().optional(),
      CACHE_URL: redisUrl().optional(),
      NAMES: namedUrls(),
      SHARDS: shardUrls(),
      MAP: shardMap().optional(),
      KEY: secret(),
    };
    const wrong = Object.fromEntries(Object.keys(settings).map((name) => [`X_${name}`, 'http:']));
    expect(() => readConfig('X_', settings, wrong)).toThrow(
      new ConfigError([
        'X_COUNT: needs a whole number above 0, at most 64',
        'X_WAIT_MS: needs milliseconds, a whole number above 0',
        'X_FLAG: needs one of true, false',
        'X_LEVEL: needs one of info, warn',
        'X_QUEUE_URL: needs an amqp:// or amqps:// URL',
        'X_CACHE_URL: needs a redis:// or rediss:// URL',
        'X_NAMES: needs name=URL,name=URL',
        'X_SHARDS: needs primary,replica;primary,replica, PostgreSQL URLs',
        'X_MAP: needs ranges of buckets such as 1:0-511=shard-0,512-1023=shard-1',
        'X_KEY: needs a secret of at least 16 characters',
      ]),
    );
  });

  it('never prints a secret', () => {
    const config = read(valid);
    expect(JSON.stringify(config) + String(config.IDENTITY_KEY)).not.toContain('hunter2');
    expect(config.IDENTITY_KEY.reveal()).toBe('hunter2-hunter2-hunter2');
  });

  it('treats an empty variable as unset', () => {
    expect(read({ ...valid, PROJECTS_HTTP_PORT: '' }).HTTP_PORT).toBe(4_002);
  });
});

it('reads names and URLs that contain an equals sign', () => {
  expect(namedUrls().parse('users=http://u/?a=b,projects=http://p/')).toEqual({
    users: 'http://u/?a=b',
    projects: 'http://p/',
  });
});
