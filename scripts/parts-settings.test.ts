import { describe, expect, it } from '@jest/globals';
import { generateSigningKey } from '@saas/auth';
import { ConfigError } from '@saas/config';
import { readLocalSettings } from './parts-settings.ts';

// A file that is there, wherever the test is started from.
const given = { GATEWAY_SUPERGRAPH_FILE: import.meta.filename };
const mistakesOf = (settings: Readonly<Record<string, string>>): readonly string[] => {
  try {
    readLocalSettings({ ...given, ...settings });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('the settings of the whole system', () => {
  it('need nothing', () => {
    expect(readLocalSettings(given)).toMatchObject({ SHARDS: 2, DATA_DIR: './.data' });
  });

  it('name each part that has a mistake, all of them at once', () => {
    expect(
      mistakesOf({
        LOCAL_REPLICAS: 'many',
        USERS_SHARD_MAP: '1:0-1023=shard-2',
        USERS_TOKEN_PRIVATE_KEY: 'not a key of any kind',
        PROJECTS_HTTP_PORT: '4001',
        NOTIFICATIONS_SHARD_MAP: 'here and there',
      }),
    ).toEqual([
      'LOCAL_REPLICAS: needs a whole number, 0 or above, at most 8',
      'NOTIFICATIONS_SHARD_MAP: needs ranges of buckets such as 1:0-511=shard-0,512-1023=shard-1',
      'USERS_TOKEN_PRIVATE_KEY: needs an Ed25519 private key, PKCS #8 PEM',
      'USERS_HTTP_PORT and PROJECTS_HTTP_PORT: are the same port, 4001',
    ]);
  });

  it('give every bucket to a shard that there will be', () => {
    const map = { USERS_SHARD_MAP: '1:0-511=shard-0,512-1023=shard-2' };
    expect(mistakesOf(map)).toEqual([expect.stringMatching(/^USERS_SHARD_MAP: .*shard-0, shard-1$/)]);
    expect(mistakesOf({ ...map, LOCAL_SHARDS: '3' })).toEqual([]);
    const urls = 'postgresql://a/u;postgresql://b/u;postgresql://c/u';
    expect(mistakesOf({ ...map, USERS_SHARD_URLS: urls })).toEqual([]);
  });

  it('accept a token key whose line breaks are written out', () => {
    const pem = generateSigningKey().privateKeyPem;
    expect(mistakesOf({ USERS_TOKEN_PRIVATE_KEY: pem.replaceAll('\n', '\\n') })).toEqual([]);
  });

  it('let parts share a port on different addresses, or any free one', () => {
    const same = { USERS_HTTP_PORT: '5000', PROJECTS_HTTP_PORT: '5000' };
    expect(mistakesOf({ ...same, USERS_HTTP_HOST: '127.0.0.2' })).toEqual([]);
    expect(mistakesOf({ ...same, USERS_HTTP_HOST: '0.0.0.0' })).toHaveLength(1);
    expect(mistakesOf({ USERS_HTTP_PORT: '0', PROJECTS_HTTP_PORT: '0' })).toEqual([]);
  });

  it('need a supergraph that is there', () => {
    expect(mistakesOf({ GATEWAY_SUPERGRAPH_FILE: './nowhere.graphql' })).toEqual([
      'GATEWAY_SUPERGRAPH_FILE: there is no such file',
    ]);
  });
});
