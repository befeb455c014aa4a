import { openSchemaEngine } from './schema-engine.ts';
import { serviceFolder, type Service } from './service-folder.ts';

export { isService, serviceFolder, services, type Service } from './service-folder.ts';

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
