export { checkSchemaAgainstMigrations, isService, serviceFolder, services } from './db-drift.ts';
export type { Service } from './db-drift.ts';
export { openSchemaEngine } from './schema-engine.ts';
export type { SchemaEngine } from './schema-engine.ts';
export { generatedDocuments } from './docs-generated.ts';
export type { GeneratedDocument } from './docs-generated.ts';
export { readMaterial } from './docs-modules.ts';
export type { Material } from './docs-modules.ts';
