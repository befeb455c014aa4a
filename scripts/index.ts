export { checkSchemaAgainstMigrations, isService, serviceFolder, services } from './db-drift.ts';
export type { Service } from './db-drift.ts';
export { openSchemaEngine } from './schema-engine.ts';
export type { SchemaEngine } from './schema-engine.ts';
