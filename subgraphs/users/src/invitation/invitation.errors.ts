import { defineErrors } from '@saas/kernel';

/** Why an invitation does not open the door. */
export const invitationErrors = defineErrors({
  INVITATION_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'This invitation does not exist, is for another address, or was used already.',
  },
  INVITATION_EXPIRED: {
    audience: 'client',
    retryable: false,
    message: 'This invitation has expired. Ask for a new one.',
  },
});
