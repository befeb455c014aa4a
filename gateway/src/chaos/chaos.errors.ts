import { defineErrors } from '@saas/kernel';

/** What a gateway answers to whoever wants to put faults into its calls. */
export const chaosErrors = defineErrors({
  CHAOS_NOT_ALLOWED: {
    audience: 'operator',
    retryable: false,
    message:
      'Faults are not put into the calls of a system in production (NODE_ENV). Set CHAOS_ALLOWED=true, for the gateway and for the command, to do it all the same.',
  },
  CHAOS_SUBGRAPH_UNKNOWN: {
    audience: 'operator',
    retryable: false,
    message: 'The supergraph has no subgraph of this name that is called over HTTP.',
  },
  CHAOS_IN_PROGRESS: {
    audience: 'operator',
    retryable: true,
    message:
      'The calls of this subgraph already go through another fault proxy. Wait for it to end, or end it.',
  },
  CHAOS_MISUNDERSTOOD: {
    audience: 'operator',
    retryable: false,
    message: 'The gateway did not understand what was asked. Is the command of the same version?',
  },
  CHAOS_SOCKET_UNUSABLE: {
    audience: 'operator',
    retryable: false,
    message: 'The socket for chaos commands (GATEWAY_CHAOS_SOCKET) cannot be listened on.',
  },
});
