import { describe, expect, it } from '@jest/globals';
import { readNotificationsConfig } from './notifications.config.ts';

const valid = {
  PATH: '/usr/bin',
  NOTIFICATIONS_SHARD_URLS: 'postgresql://a/n,postgresql://b/n;postgresql://c/n',
  NOTIFICATIONS_IDENTITY_KEY: 'identity-key-0123456789',
  NOTIFICATIONS_CLAIM_SECRET: 'claim-secret-0123456789',
  NOTIFICATIONS_CONTACTS_URL: 'http://users:4001',
  NOTIFICATIONS_CONTACTS_KEY: 'contacts-key-0123456789',
  NOTIFICATIONS_WEBHOOK_KEY: 'webhook-key-0123456789',
};

describe('configuration of the notifications subgraph', () => {
  it('fills in defaults', () => {
    expect(readNotificationsConfig(valid)).toMatchObject({
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: 4003,
      SHARD_URLS: [
        { name: 'shard-0', primary: 'postgresql://a/n', replicas: ['postgresql://b/n'] },
        { name: 'shard-1', primary: 'postgresql://c/n', replicas: [] },
      ],
      REQUEST_DEADLINE_MS: 10_000,
    });
  });

  it('reports every problem at once, by name and never by value', () => {
    const read = () =>
      readNotificationsConfig({
        ...valid,
        NOTIFICATIONS_CLAIM_SECRET: 'hunter2',
        NOTIFICATIONS_HTPP_PORT: '1',
        NOTIFICATIONS_SHARD_URLS: undefined,
      });
    expect(read).toThrow(/_SHARD_URLS: is required\n.*_CLAIM_SECRET: .*\n.*_HTPP_PORT: unknown setting/);
    expect(read).not.toThrow(/hunter/);
  });
});
