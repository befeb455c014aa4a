import { defineErrors } from '@saas/kernel';

export const messagingErrors = defineErrors({
  MESSAGE_VERSION_UNKNOWN: {
    audience: 'operator',
    retryable: false,
    message:
      'A message has a schema version that this release does not know. Replay it once a release that does is running.',
  },
  PARKING_FULL: {
    audience: 'operator',
    retryable: true,
    message:
      'So many messages are parked that another one is left where it came from. See what `npm run dlq -- list` shows.',
  },
});
