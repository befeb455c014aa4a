import { defineErrors } from '@saas/kernel';

export const httpErrors = defineErrors({
  BAD_REQUEST: {
    audience: 'client',
    retryable: false,
    message: 'The request is not well-formed: its body must be JSON in UTF-8, and its URL valid.',
  },
  BODY_TOO_LARGE: { audience: 'client', retryable: false, message: 'The request is too large.' },
  CONTENT_TYPE_UNSUPPORTED: {
    audience: 'client',
    retryable: false,
    message: 'The request body must be application/json in UTF-8.',
  },
  NOT_ACCEPTABLE: {
    audience: 'client',
    retryable: false,
    message:
      'Answers are application/graphql-response+json or application/json; the Accept header allows neither.',
  },
  METHOD_NOT_ALLOWED: { audience: 'client', retryable: false, message: 'Use GET or POST here.' },
  CSRF_PREVENTED: {
    audience: 'client',
    retryable: false,
    message:
      'A web page elsewhere could have sent this. Send "content-type: application/json", or a header "apollo-require-preflight" that is not empty.',
  },
  BATCH_NOT_SUPPORTED: {
    audience: 'client',
    retryable: false,
    message: 'Several operations in one request are not accepted here. Send them one by one.',
  },
  BATCH_TOO_LARGE: {
    audience: 'client',
    retryable: false,
    message: 'There are too many operations in one request.',
  },
  ROUTE_NOT_FOUND: {
    audience: 'client',
    retryable: false,
    message: 'There is nothing here. The GraphQL endpoint is /graphql.',
  },
  GRAPHIQL_NOT_BUILT: {
    audience: 'client',
    retryable: false,
    message: 'GraphiQL was not built. Run "node scripts/graphiql.mjs", then load this page again.',
  },
  INTERNAL_SERVER_ERROR: {
    audience: 'client',
    retryable: false,
    message: 'Something went wrong on our side.',
  },
});

/** The HTTP status that belongs to each code; 500 for those that are not listed. */
export const httpStatuses: Readonly<Record<string, number>> = {
  BAD_REQUEST: 400,
  CSRF_PREVENTED: 400,
  BATCH_NOT_SUPPORTED: 400,
  BATCH_TOO_LARGE: 400,
  ROUTE_NOT_FOUND: 404,
  GRAPHIQL_NOT_BUILT: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  BODY_TOO_LARGE: 413,
  CONTENT_TYPE_UNSUPPORTED: 415,
};
