import { defineErrors } from '@saas/kernel';

/** What the shell of every subgraph refuses. */
export const subgraphErrors = defineErrors({
  PAGE_SIZE_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'A page has 1 to 100 entries.',
  },
  CURSOR_MALFORMED: {
    audience: 'client',
    retryable: false,
    message: 'This cursor is not one of ours. Use a cursor as it was given, with the same list.',
  },
  BODY_TOO_LARGE: { audience: 'client', retryable: false, message: 'The request is too large.' },
  REQUEST_MALFORMED: {
    audience: 'client',
    retryable: false,
    message: 'The request is not a GraphQL request in JSON.',
  },
  CALLER_GONE: { audience: 'client', retryable: true, message: 'The caller did not wait for the answer.' },
  SERVICE_STOPPING: {
    audience: 'client',
    retryable: true,
    message: 'The service stopped before it could answer.',
  },
});
