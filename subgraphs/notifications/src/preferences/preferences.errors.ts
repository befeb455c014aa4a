import { defineErrors } from '@saas/kernel';

export const preferencesErrors = defineErrors({
  PREFERENCE_REQUIRED: {
    audience: 'client',
    retryable: false,
    message: 'Notifications about the security of an account always come to its inbox.',
  },
});
