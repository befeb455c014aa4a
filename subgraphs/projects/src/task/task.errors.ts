import { defineErrors } from '@saas/kernel';

/** Why a task refuses. A task in a project that one may not see looks absent. */
export const taskErrors = defineErrors({
  TASK_NOT_FOUND: { audience: 'client', retryable: false, message: 'There is no such task.' },
  TASK_EXISTS: { audience: 'client', retryable: false, message: 'This task already exists.' },
  TASK_TITLE_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'A task needs a title of 1 to 200 visible characters.',
  },
  TASK_DESCRIPTION_INVALID: {
    audience: 'client',
    retryable: false,
    message:
      'A description of a task has at most 10,000 characters, and no control characters but tabs and line feeds.',
  },
  ASSIGNEE_NOT_A_MEMBER: {
    audience: 'client',
    retryable: false,
    message: 'A task can be assigned to members of its project only.',
  },
});
