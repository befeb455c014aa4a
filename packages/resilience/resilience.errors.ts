import { defineErrors } from '@saas/kernel';

export const resilienceErrors = defineErrors({
  UPSTREAM_TIMEOUT: {
    audience: 'client',
    retryable: true,
    message: 'A part of the system took too long to answer.',
  },
});
