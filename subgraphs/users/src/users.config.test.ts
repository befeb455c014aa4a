import { expect, it } from '@jest/globals';
import { readUsersConfig } from './users.config.ts';

const needed = {
  USERS_SHARD_URLS: 'postgresql://localhost/users',
  USERS_IDENTITY_KEY: 'an identity key of some length',
  USERS_CLAIM_SECRET: 'a claim secret of some length',
  USERS_PERSONAL_DATA_KEY: 'a personal data key of some length',
  USERS_CONTACTS_KEY: 'a contacts key of some length',
  USERS_TOKEN_PRIVATE_KEY: 'a private key of some length',
};

it('needs its shards and its secrets, and says all that is missing at once', () => {
  expect(() => readUsersConfig({})).toThrow(
    expect.objectContaining({
      problems: expect.arrayContaining(Object.keys(needed).map((name) => `${name}: is required`)),
    }),
  );
});

it('keeps access tokens for a quarter of an hour and sessions for thirty days', () => {
  expect(readUsersConfig(needed)).toMatchObject({ ACCESS_TOKEN_SECONDS: 900, REFRESH_TOKEN_DAYS: 30 });
});

it('does not ignore a misspelt setting', () => {
  expect(() => readUsersConfig({ ...needed, USERS_ACCES_TOKEN_SECONDS: '1' })).toThrow(
    expect.objectContaining({ problems: ['USERS_ACCES_TOKEN_SECONDS: unknown setting'] }),
  );
});

it('prints no secret', () => {
  expect(JSON.stringify(readUsersConfig(needed))).not.toContain('of some length');
});
