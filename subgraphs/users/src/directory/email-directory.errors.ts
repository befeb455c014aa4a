import { defineErrors } from '@saas/kernel';

/** Why an address could neither be taken nor refused. */
export const directoryErrors = defineErrors({
  EMAIL_BUSY: {
    audience: 'client',
    retryable: true,
    message: 'Somebody is taking this e-mail address at this very moment. Try again shortly.',
  },
});
