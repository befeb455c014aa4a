import { defineErrors } from '@saas/kernel';

/** Why a message cannot be consumed. */
export const reactionErrors = defineErrors({
  USER_MESSAGE_MALFORMED: {
    audience: 'operator',
    retryable: false,
    message:
      'A message of the users service is not what its routing key promises; its sender and we disagree.',
  },
});
