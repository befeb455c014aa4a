import { afterAll, beforeAll } from '@jest/globals';
import { evenShardMap, ShardedDatabase } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-users';
import { postgresEmailDirectory } from '@saas/users';
import { describeEmailDirectoryContract } from '@saas/users/testing';
import { openDatabase } from '../support/stack.ts';

let database: ShardedDatabase<Prisma.TransactionClient>;

beforeAll(async () => {
  const { shards } = await openDatabase('users');
  database = new ShardedDatabase({
    service: 'users',
    shards,
    shardMap: evenShardMap(shards.map(({ name }) => name)),
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  await database.start();
});
afterAll(() => database.stop());

describeEmailDirectoryContract('postgresEmailDirectory', async () => postgresEmailDirectory(database));
