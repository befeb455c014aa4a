import { defineErrors } from '@saas/kernel';

export const messagingErrors = defineErrors({
  PARKING_FULL: {
    audience: 'operator',
    retryable: true,
    message:
      'So many messages are parked that another one is left where it came from. See what `npm run dlq -- list` shows.',
  },
});
