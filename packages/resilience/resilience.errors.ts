import { defineErrors } from '@saas/kernel';

/** What waiting for others can come to. */
export const resilienceErrors = defineErrors({
  UPSTREAM_TIMEOUT: {
    audience: 'client',
    retryable: true,
    message: 'A part of the system took too long to answer.',
  },
});
