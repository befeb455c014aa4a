import { defineErrors } from '@saas/kernel';

export const operationsErrors = defineErrors({
  PERSISTED_QUERY_INVALID: {
    audience: 'client',
    retryable: false,
    message:
      'The id of a persisted query is a text of 1 to 256 characters; of an automatic one, a SHA-256 hash, version 1.',
  },
  // These words, and those of PERSISTED_QUERY_NOT_SUPPORTED, are part of Apollo's protocol: clients look for them.
  PERSISTED_QUERY_NOT_FOUND: { audience: 'client', retryable: true, message: 'PersistedQueryNotFound' },
  PERSISTED_QUERY_HASH_MISMATCH: {
    audience: 'client',
    retryable: false,
    message: 'The hash does not belong to the query.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    audience: 'client',
    retryable: false,
    message: 'PersistedQueryNotSupported',
  },
  PERSISTED_QUERY_NOT_IN_LIST: {
    audience: 'client',
    retryable: false,
    message: 'There is no persisted operation with this id.',
  },
  PERSISTED_QUERY_ID_REQUIRED: {
    audience: 'client',
    retryable: false,
    message: 'Operations are accepted by the ids of persisted ones only.',
  },
  OPERATION_NOT_IN_SAFELIST: {
    audience: 'client',
    retryable: false,
    message: 'This operation is not one of those that are known here.',
  },
  PERSISTED_MANIFEST_INVALID: {
    audience: 'operator',
    retryable: false,
    message: 'A list of persisted operations has mistakes.',
  },
});

/**
 * The HTTP status that belongs to each code that a client may see. 200 is Apollo's protocol for "send the query as well":
 * clients and caches in between take anything else for a failure.
 */
export const operationsStatuses: Readonly<Record<string, number>> = {
  PERSISTED_QUERY_INVALID: 400,
  PERSISTED_QUERY_NOT_FOUND: 200,
  PERSISTED_QUERY_HASH_MISMATCH: 400,
  PERSISTED_QUERY_NOT_SUPPORTED: 200,
  PERSISTED_QUERY_NOT_IN_LIST: 404,
  PERSISTED_QUERY_ID_REQUIRED: 403,
  OPERATION_NOT_IN_SAFELIST: 403,
};
