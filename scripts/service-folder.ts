import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The services that own a database. */
export const services = ['users', 'projects', 'notifications'] as const;
export type Service = (typeof services)[number];

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
