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
    message: 'The request body must be application/json, in UTF-8 and not compressed.',
  },
  METHOD_NOT_ALLOWED: { audience: 'client', retryable: false, message: 'Use GET or POST here.' },
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
