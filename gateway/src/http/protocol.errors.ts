import { defineErrors } from '@saas/kernel';

/**
 * Codes of the GraphQL protocol, as servers and clients of GraphQL know them, for requests that are refused before any
 * subgraph is called. The message of each answer says more: it names the type, field or variable that is wrong.
 */
export const protocolErrors = defineErrors({
  GRAPHQL_VALIDATION_FAILED: {
    audience: 'client',
    retryable: false,
    message: 'The operation does not fit the schema.',
  },
  BAD_USER_INPUT: {
    audience: 'client',
    retryable: false,
    message: 'The variables do not fit the operation.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    audience: 'client',
    retryable: false,
    message: 'The document has no operation of this name, or has several and the request names none.',
  },
  MUTATION_BY_GET: {
    audience: 'client',
    retryable: false,
    message: 'A GET request may only ask. Send mutations by POST.',
  },
  SUBSCRIPTION_NOT_SUPPORTED: {
    audience: 'client',
    retryable: false,
    message: 'Subscriptions are not served over this transport.',
  },
});

/** The HTTP status that belongs to each code. */
export const protocolStatuses: Readonly<Record<string, number>> = {
  GRAPHQL_VALIDATION_FAILED: 400,
  BAD_USER_INPUT: 400,
  OPERATION_RESOLUTION_FAILURE: 400,
  MUTATION_BY_GET: 405,
  SUBSCRIPTION_NOT_SUPPORTED: 400,
};
