import { eventCodec } from '@saas/event-sourcing';
import type { ProvisionedService } from '@saas/local-stack';
import {
  evenShardMap,
  openWorkshop,
  postgresEventLog,
  ShardedDatabase,
  type ReadModel,
  type Workshop,
} from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import { projectsEvents, projectsReadModels } from '@saas/projects';

type Tx = Prisma.TransactionClient;

/** The projects service's databases with a workshop on every shard, and nobody else at work. */
export const openWorkshops = async ({ shards, migrationUrls }: ProvisionedService) => {
  const createClient = (adapter: ConstructorParameters<typeof PrismaClient>[0]['adapter'] & object) =>
    new PrismaClient({ adapter });
  const names = shards.map(({ name }) => name);
  const database = new ShardedDatabase<Tx>({
    service: 'projects',
    shards,
    shardMap: evenShardMap(names),
    createClient,
  });
  await database.start();
  const codec = eventCodec(projectsEvents);
  const log = postgresEventLog({ database, codec });
  const workshops = await Promise.all(
    migrationUrls.map((ownerUrl, index) =>
      openWorkshop<Tx>({ shard: names[index] ?? '', ownerUrl, log, codec, createClient }),
    ),
  );
  return {
    database,
    log,
    workshops,
    stop: async () => {
      await Promise.all(workshops.map((workshop) => workshop.close()));
      await database.stop();
    },
  };
};

/** The read model of the projects service by this name, whatever its version. */
export const projectsModel = (name: string): ReadModel<Tx> => {
  const models = [...projectsReadModels.inline, ...projectsReadModels.asynchronous];
  const found = models.find((model) => model.name.startsWith(`${name}-`));
  if (!found) throw new Error(`There is no read model ${name}.`);
  return found;
};

/** All rows of a table as text, in no order that matters. */
export const rowsOf = async (
  { session }: Workshop<Tx>,
  table: string,
  schema = 'public',
): Promise<readonly string[]> => {
  const { rows } = await session.query<{ row: string }>(
    `SELECT t::text AS row FROM ${schema}.${table} t ORDER BY 1`,
  );
  return rows.map(({ row }) => row);
};
