import { defineErrors } from '@saas/kernel';

export const plannerErrors = defineErrors({
  OPERATION_TOO_COMPLEX: {
    audience: 'client',
    retryable: false,
    message: 'This operation is too complex to be planned. Ask for less at once, or in several operations.',
  },
  PLANNER_BUSY: {
    audience: 'client',
    retryable: true,
    message: 'Too many new operations arrived at once. Try again in a moment.',
  },
  PLAN_FAILED: {
    audience: 'operator',
    retryable: false,
    message: 'The planner has no plan for an operation that the schema allows.',
  },
  PLANNER_UNAVAILABLE: {
    audience: 'operator',
    retryable: true,
    message: 'The planning thread ended, or took too long to load the supergraph.',
  },
});
