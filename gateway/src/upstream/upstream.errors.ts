import { defineErrors } from '@saas/kernel';

export const upstreamErrors = defineErrors({
  SUBGRAPH_UNAVAILABLE: {
    audience: 'client',
    retryable: true,
    message: 'A part of the system is not available at the moment.',
  },
  SUBGRAPH_CIRCUIT_OPEN: {
    audience: 'client',
    retryable: true,
    message: 'A part of the system has failed too often lately and is given time to recover.',
  },
  SUBGRAPH_BUSY: {
    audience: 'client',
    retryable: true,
    message: 'A part of the system has more to do than it can at the moment.',
  },
  REQUEST_CANCELLED: {
    audience: 'client',
    retryable: true,
    message: 'The client left before this was answered.',
  },
  SUBGRAPH_ERROR: {
    audience: 'client',
    retryable: false,
    message: 'A part of the system could not answer this.',
  },
  SUBGRAPH_ANSWER_TOO_LARGE: {
    audience: 'operator',
    retryable: false,
    message: 'A subgraph answered with more bytes than are read (response_bytes_max).',
  },
  SUBGRAPH_ANSWER_UNUSABLE: {
    audience: 'operator',
    retryable: true,
    message: 'A subgraph gave no GraphQL answer.',
  },
});
