import { defineErrors } from '@saas/kernel';

export const inboxErrors = defineErrors({
  MOMENT_MALFORMED: {
    audience: 'client',
    retryable: false,
    message: 'This is not a moment in time in ISO-8601.',
  },
});
