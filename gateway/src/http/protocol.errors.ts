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
});
