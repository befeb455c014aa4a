import { defineErrors } from '@saas/kernel';

/** What can be wrong with a registration as a whole. */
export const registrationErrors = defineErrors({
  REGISTRATION_PLACE_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'Give either the name of a new tenant or an invitation token.',
  },
});
