import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeSubjectKeysContract } from '@saas/event-sourcing/testing';
import { newTenantId, systemClock } from '@saas/kernel';
import type { ProvisionedService } from '@saas/local-stack';
import { checkSubjectKeys, evenShardMap, postgresSubjectKeys, ShardedDatabase } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-users';
import { asSuperuser } from '../support/events.ts';
import { openDatabase } from '../support/stack.ts';

let service: ProvisionedService;
let database: ShardedDatabase<Prisma.TransactionClient>;

beforeAll(async () => {
  service = await openDatabase('users');
  database = new ShardedDatabase({
    service: 'users',
    shards: service.shards,
    shardMap: evenShardMap(service.shards.map(({ name }) => name)),
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  await database.start();
});
afterAll(() => database.stop());

const SECRET = 'a secret of the settings';

describeSubjectKeysContract('postgresSubjectKeys', async () => postgresSubjectKeys(database, SECRET));

it('keeps no key as it is, and no subject by its name', async () => {
  const tenantId = newTenantId(systemClock);
  const keys = postgresSubjectKeys(database, SECRET);
  const key = (await keys.forSubjects(tenantId, ['mailto:ada@example.com'])).get('mailto:ada@example.com');
  const rows = await asSuperuser([service], 'SELECT * FROM subject_keys WHERE tenant_id = $1', [tenantId]);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('ada');
  for (const encoding of ['hex', 'base64', 'base64url'] as const)
    expect(JSON.stringify(rows)).not.toContain(key?.secret.toString(encoding) ?? 'a key');
});

it('refuses another secret than the one the keys were wrapped with', async () => {
  await postgresSubjectKeys(database, SECRET).forSubjects(newTenantId(systemClock), ['somebody']);
  await checkSubjectKeys(database, SECRET);
  await expect(checkSubjectKeys(database, 'another secret')).rejects.toMatchObject({
    code: 'SUBJECT_KEY_UNREADABLE',
  });
});
