import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { checkSchemaAgainstMigrations, isService, serviceFolder, services } from './db-drift.ts';
import { migrationText } from './db-migration-text.ts';
import { withTemporaryServer } from './db-server.ts';

/** Writes a migration from what the schema files say more than the migrations: `npm run db:new -- users add_nickname`. */
const [service, name = ''] = process.argv.slice(2);

if (!isService(service) || !/^[a-z][a-z0-9_]{0,99}$/u.test(name)) {
  console.error(`Usage: npm run db:new -- <${services.join('|')}> <what_changes>`);
  process.exitCode = 2;
} else {
  const drift = await withTemporaryServer((adminUrl) => checkSchemaAgainstMigrations(service, adminUrl));
  if (drift === null) {
    console.log(`${service}: migrations and schema agree; there is nothing to write.`);
  } else {
    const startedAt = new Date().toISOString().replaceAll(/\D/gu, '').slice(0, 14);
    const folder = join(serviceFolder(service), 'migrations', `${startedAt}_${name}`);
    await mkdir(folder);
    await writeFile(join(folder, 'migration.sql'), migrationText(service, drift), { flag: 'wx' });
    console.log(`Written, please read it: ${relative(process.cwd(), join(folder, 'migration.sql'))}`);
  }
}
