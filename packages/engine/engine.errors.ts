import { defineErrors } from '@saas/kernel';

/** Why an operation cannot be run, or what a subgraph did wrong. */
export const engineErrors = defineErrors({
  PLAN_UNSUPPORTED: {
    audience: 'operator',
    retryable: false,
    message: 'The planner produced something that this engine does not know.',
  },
  PLAN_EMPTY: {
    audience: 'operator',
    retryable: false,
    message: 'The planner found no way to fetch what the operation selects.',
  },
  PLAN_REQUIREMENT_MISSING: {
    audience: 'client',
    retryable: false,
    message:
      'The planner cannot fetch what these fields require. Ask for the fields that they require in an operation of their own.',
  },
  PLAN_CONDITIONS_DIFFER: {
    audience: 'operator',
    retryable: false,
    message: 'The operation was planned for other values of its conditions than this request has.',
  },
  OPERATION_UNKNOWN: {
    audience: 'client',
    retryable: false,
    message: 'The document has no operation of this name, or several and none was named.',
  },
  OPERATION_AMBIGUOUS_REQUIRES: {
    audience: 'client',
    retryable: false,
    message:
      'Fields of this selection need one field with different arguments. Ask for them in two requests.',
  },
  SUBGRAPH_ANSWER_MALFORMED: {
    audience: 'operator',
    retryable: false,
    message: 'A subgraph answered something that does not fit the question.',
  },
});
