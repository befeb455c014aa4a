import { cloneDatabase, type PostgresTopology, type ProvisionedService } from '@saas/local-stack';

export type Service = 'users' | 'projects' | 'notifications';

/** The servers that the whole run shares; started before any test file. */
export const topology = (): PostgresTopology => {
  const text = process.env['TEST_TOPOLOGY'];
  if (text === undefined) throw new Error('These tests need the stack: run them by `npm test`.');
  return JSON.parse(text) as PostgresTopology;
};

/** The superuser's URL of the first shard's primary, database `postgres`. */
export const adminUrl = (): string => topology().shards[0]?.primary ?? '';

let opened = 0;

/** A fresh, migrated database of the service on every shard. It goes when the stack goes. */
export const openDatabase = async (service: Service): Promise<ProvisionedService> => {
  const database = `${service}_${process.pid}_${Date.now().toString(36)}_${(opened += 1)}`;
  return cloneDatabase({ topology: topology(), service, template: `${service}_template`, database });
};
