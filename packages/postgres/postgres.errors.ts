import { defineErrors } from '@saas/kernel';

export const postgresErrors = defineErrors({
  DATABASE_UNAVAILABLE: {
    audience: 'client',
    retryable: true,
    message: 'This part of the data cannot be reached at the moment. Please try again.',
  },
  DATABASE_TIMEOUT: {
    audience: 'client',
    retryable: true,
    message: 'Reading or writing the data took too long. Please try again.',
  },
  EVENT_LOG_BUSY: {
    audience: 'operator',
    retryable: true,
    message: 'An append has been in hand for longer than any may be; what follows it cannot be read yet.',
  },
  DATABASE_ROLE_TOO_POWERFUL: {
    audience: 'operator',
    retryable: false,
    message:
      'The database role could read every tenant: it is a superuser, bypasses row-level security, or owns the tables. Connect as a plain member of the service role.',
  },
  DATABASE_NOT_MIGRATED: {
    audience: 'operator',
    retryable: false,
    message: 'A database lacks its tables. Run `npm run db:migrate` first.',
  },
  SHARD_MAP_INVALID: {
    audience: 'operator',
    retryable: false,
    message: 'The shard map must give every bucket from 0 to 1023 to exactly one known shard.',
  },
  SHARD_MAP_MISMATCH: {
    audience: 'operator',
    retryable: false,
    message:
      'A shard holds buckets that the shard map gives to another one: the URLs are in another order, or the map is of another time.',
  },
});
