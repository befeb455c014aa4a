import { defineErrors } from '@saas/kernel';

/** Why a deployment of migrations stops. Each has the public fields `migration` and, where Prisma has one, `prismaCode`. */
export const migrationErrors = defineErrors({
  MIGRATION_FAILED: {
    audience: 'operator',
    retryable: false,
    message: 'A migration failed. Its changes were rolled back; the cause says why.',
  },
  MIGRATION_FAILED_BEFORE: {
    audience: 'operator',
    retryable: false,
    message:
      'A migration failed in an earlier deployment. Mark it as rolled back once the database is as before it.',
  },
  MIGRATION_EDITED: {
    audience: 'operator',
    retryable: false,
    message: 'A migration was edited after it had been applied. Restore it and add a new one instead.',
  },
  MIGRATION_FILE_MISSING: {
    audience: 'operator',
    retryable: false,
    message: 'A migration folder has no readable migration.sql.',
  },
  MIGRATION_LOCK_TIMEOUT: {
    audience: 'operator',
    retryable: true,
    message: 'Another deployment is still migrating this database.',
  },
  MIGRATION_DATABASE_NOT_EMPTY: {
    audience: 'operator',
    retryable: false,
    message: 'This database has tables but no migration history. It may be the wrong one.',
  },
  MIGRATION_NOT_FAILED: {
    audience: 'operator',
    retryable: false,
    message: 'Only a migration that failed can be marked as rolled back.',
  },
});
