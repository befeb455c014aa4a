import { defineErrors } from '@saas/kernel';

/** Why `npm run chaos` cannot begin, or ended too early. */
export const chaosCommandErrors = defineErrors({
  CHAOS_NO_GATEWAY: {
    audience: 'operator',
    retryable: true,
    message: 'No gateway listens for chaos commands.',
  },
  CHAOS_GATEWAY_LEFT: {
    audience: 'operator',
    retryable: true,
    message: 'The gateway ended the connection: it stopped, or was stopped.',
  },
});
