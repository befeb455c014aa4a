import { defineErrors } from '@saas/kernel';

/** What a client is told of what it may not have. Neither what is required nor what it lacks is said. */
export const authorizationErrors = defineErrors({
  UNAUTHORIZED_FIELD_OR_TYPE: {
    audience: 'client',
    retryable: false,
    message: 'You are not allowed to read this field or type.',
  },
});

/** The HTTP status of a whole operation that is refused; beside data, the code comes inside an answer. */
export const authorizationStatuses: Readonly<Record<string, number>> = {
  UNAUTHORIZED_FIELD_OR_TYPE: 403,
};
