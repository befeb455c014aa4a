import { defineErrors } from '@saas/kernel';

export const notificationErrors = defineErrors({
  NOTIFICATION_NOT_FOUND: {
    audience: 'client',
    retryable: false,
    message: 'There is no such notification.',
  },
  NOTIFICATION_EXISTS: {
    audience: 'operator',
    retryable: false,
    message: 'A notification was to be created under an id that is taken.',
  },
});
