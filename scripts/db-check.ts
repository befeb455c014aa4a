import { checkSchemaAgainstMigrations, services } from './db-drift.ts';
import { withTemporaryServer } from './db-server.ts';

/** Exits with 1, and prints the SQL that a migration is missing, when some service's migrations lag behind its schema. */
await withTemporaryServer(async (adminUrl) => {
  for (const service of services) {
    const drift = await checkSchemaAgainstMigrations(service, adminUrl);
    if (drift === null) {
      console.log(`${service}: migrations and schema agree`);
      continue;
    }
    console.error(`${service}: the schema has changed without a migration. Missing:\n\n${drift}`);
    console.error(`Write it: npm run db:new -- ${service} <what_changes>\n`);
    process.exitCode = 1;
  }
});
