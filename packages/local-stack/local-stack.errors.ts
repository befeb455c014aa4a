import { defineErrors } from '@saas/kernel';

/** What can go wrong while services are started on this machine. All of it is for whoever starts them. */
export const localStackErrors = defineErrors({
  DATA_DIR_IN_USE: {
    audience: 'operator',
    retryable: true,
    message: 'Another process is using this data directory. Stop it first, or choose another directory.',
  },
  DATA_DIR_DAMAGED: {
    audience: 'operator',
    retryable: false,
    message:
      'A part of this data directory is missing or unreadable. Restore it, or delete the whole directory.',
  },
  POSTGRES_UNAVAILABLE: {
    audience: 'operator',
    retryable: false,
    message: 'There is no PostgreSQL for this platform that the chosen account can run.',
  },
  POSTGRES_SETUP_FAILED: {
    audience: 'operator',
    retryable: false,
    message: 'PostgreSQL could not create a new data directory.',
  },
  POSTGRES_START_FAILED: {
    audience: 'operator',
    retryable: true,
    message: 'A PostgreSQL node did not start. Its log says why.',
  },
  REPLICA_BEHIND: {
    audience: 'operator',
    retryable: true,
    message: 'A replica did not catch up with its primary in time.',
  },
  NODE_UNKNOWN: { audience: 'operator', retryable: false, message: 'There is no node of this name.' },
  DATABASE_NAME_INVALID: {
    audience: 'operator',
    retryable: false,
    message:
      'A service or database name is a lower-case letter, then at most 54 letters, digits and underscores.',
  },
  SERVER_START_FAILED: {
    audience: 'operator',
    retryable: true,
    message: 'A private server did not start. Its log says why.',
  },
  CONDITION_TIMEOUT: {
    audience: 'operator',
    retryable: true,
    message: 'A condition did not come true in time.',
  },
  FAULT_UNKNOWN: { audience: 'operator', retryable: false, message: 'There is no such fault.' },
});
