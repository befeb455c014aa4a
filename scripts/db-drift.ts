import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSchemaEngine } from './schema-engine.ts';

/** The services that own a database. */
export const services = ['users', 'projects', 'notifications'] as const;
export type Service = (typeof services)[number];

/**
 * Whether a service's migrations, run on an empty database, give exactly what its schema files describe.
 *
 * Policies, grants, functions, triggers, partial and expression indexes are beyond Prisma and are not compared.
 *
 * @param adminUrl a server for trying: a role that may create databases and roles. Nothing is left behind in it but
 *   the roles that the migrations create.
 * @returns the SQL that is missing in the migrations, or null when they agree.
 * @throws when a migration fails or a schema file is invalid.
 */
export const checkSchemaAgainstMigrations = async (
  service: Service,
  adminUrl: string,
  folder: string = serviceFolder(service),
): Promise<string | null> => {
  const engine = await openSchemaEngine(adminUrl, folder);
  try {
    return await engine.driftOf();
  } finally {
    await engine.close();
  }
};

/** The folder with a service's schema files and migrations, found from the source and from the build alike. */
export const serviceFolder = (service: Service): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'prisma', 'event-store.prisma'))) {
    if (dirname(folder) === folder) throw new Error('The folder "prisma" was not found above this script.');
    folder = dirname(folder);
  }
  return join(folder, 'prisma', service);
};

/** Whether `name` is one of the services. */
export const isService = (name: string | undefined): name is Service =>
  services.some((service) => service === name);
