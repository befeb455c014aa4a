import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '@saas/config';
import { AppError } from '@saas/kernel';
import { applyMigrations, markMigrationRolledBack } from '@saas/postgres';
import { readMigrationConfig } from './migration.config.ts';
import { isService, serviceFolder, services, type Service } from './service-folder.ts';

const usage = `Usage: npm run db:migrate [-- <service> ...] [-- <service> --rolled-back <migration>]

Applies the migrations of the named services (default: ${services.join(', ')}) to every shard of
MIGRATION_<SERVICE>_SHARDS (the owner's URLs, "primary;primary"), or, when no such variable is set, to the local servers.
With --rolled-back, lets a migration that failed be applied again.`;

type Urls = (service: Service) => Promise<readonly string[]>;

const main = async (): Promise<void> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { 'rolled-back': { type: 'string' } },
  });
  const named = positionals.filter(isService);
  const rolledBack = values['rolled-back'];
  if (named.length < positionals.length || (rolledBack !== undefined && named.length !== 1)) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  await readDotenv();
  await withUrls(async (urlsOf) => {
    const wanted = named.length > 0 ? named : services;
    // Every setting is read before anything is changed.
    const found = await Promise.all(
      wanted.map(async (service) => ({ service, urls: await urlsOf(service) })),
    );
    for (const { service, urls } of found) {
      for (const [shard, url] of urls.entries()) await migrate(service, shard, url, rolledBack);
    }
  });
};

const migrate = async (service: Service, shard: number, url: string, rolledBack?: string): Promise<void> => {
  const log = (line: string) => console.log(`${service} shard-${shard}: ${line}`);
  const target = { url, directory: join(serviceFolder(service), 'migrations'), log };
  if (rolledBack !== undefined) {
    await markMigrationRolledBack(target, rolledBack);
    log(`${rolledBack} is marked as rolled back`);
    return;
  }
  const applied = await applyMigrations(target);
  if (applied.length === 0) log('up to date');
};

const withUrls = async (work: (urlsOf: Urls) => Promise<void>): Promise<void> => {
  const set = readMigrationConfig(process.env);
  const shards = {
    users: set.USERS_SHARDS,
    projects: set.PROJECTS_SHARDS,
    notifications: set.NOTIFICATIONS_SHARDS,
  };
  if (services.every((service) => shards[service] === undefined)) {
    await withLocalServers(work);
    return;
  }
  await work(async (service) => {
    const found = shards[service];
    if (found === undefined)
      throw new ConfigError([`MIGRATION_${service.toUpperCase()}_SHARDS: is required`]);
    return found.map(({ primary }) => primary);
  });
};

/** What only a developer's machine has is loaded late: an image of production is without it. */
const readDotenv = async (): Promise<void> => {
  if (!existsSync('.env')) return;
  const { config } = await import('dotenv');
  config({ quiet: true });
};

const withLocalServers = async (work: (urlsOf: Urls) => Promise<void>): Promise<void> => {
  const { provisionService, startPostgresTopology } = await import('@saas/local-stack');
  const dataDir = join(process.env['DATA_DIR'] ?? '.data', 'postgres');
  const servers = await startPostgresTopology({ dataDir });
  try {
    await work(
      async (service) => (await provisionService({ topology: servers.topology, service })).migrationUrls,
    );
  } finally {
    await servers.stop();
  }
};

const describe = (error: unknown): string => {
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const cause = error.cause instanceof Error ? `\n  ${error.cause.message}` : '';
  return `${error.code}: ${error.message} ${JSON.stringify(error.fields)}${cause}`;
};

try {
  await main();
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}
