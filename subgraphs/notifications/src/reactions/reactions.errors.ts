import { defineErrors } from '@saas/kernel';

export const reactionErrors = defineErrors({
  MESSAGE_BODY_MALFORMED: {
    audience: 'operator',
    retryable: false,
    message: 'The body of a message is not what its routing key promises; its sender and we disagree.',
  },
});
