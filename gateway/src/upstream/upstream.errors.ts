import { defineErrors } from '@saas/kernel';

export const upstreamErrors = defineErrors({
  SUBGRAPH_UNAVAILABLE: {
    audience: 'client',
    retryable: true,
    message: 'A part of the system is not available at the moment.',
  },
  REQUEST_CANCELLED: {
    audience: 'client',
    retryable: true,
    message: 'The client left before this was answered.',
  },
});
