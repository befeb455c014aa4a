import { defineErrors } from '@saas/kernel';

/** Why a project refuses. To a stranger, somebody else's project and no project look the same. */
export const projectErrors = defineErrors({
  PROJECT_NOT_FOUND: { audience: 'client', retryable: false, message: 'There is no such project.' },
  PROJECT_EXISTS: { audience: 'client', retryable: false, message: 'This project already exists.' },
  PROJECT_ARCHIVED: {
    audience: 'client',
    retryable: false,
    message: 'This project is archived and can no longer change.',
  },
  PROJECT_NAME_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'A project needs a name of 1 to 80 visible characters.',
  },
  PROJECT_DESCRIPTION_INVALID: {
    audience: 'client',
    retryable: false,
    message:
      'A description of a project has at most 2,000 characters, and no control characters but tabs and line feeds.',
  },
  PROJECT_ROLE_INSUFFICIENT: {
    audience: 'client',
    retryable: false,
    message: 'Your role in this project does not allow this.',
  },
  PROJECT_FULL: { audience: 'client', retryable: false, message: 'A project has at most 500 members.' },
  PROJECT_MEMBER_EXISTS: {
    audience: 'client',
    retryable: false,
    message: 'This person is a member already, with another role. Change the role instead.',
  },
  PROJECT_MEMBER_NOT_FOUND: {
    audience: 'client',
    retryable: false,
    message: 'This person is not a member of the project.',
  },
  LAST_PROJECT_OWNER: {
    audience: 'client',
    retryable: false,
    message: 'A project keeps at least one owner. Make somebody else an owner first.',
  },
  USER_NOT_FOUND: { audience: 'client', retryable: false, message: 'There is no such user.' },
  USER_UNKNOWN_YET: {
    audience: 'client',
    retryable: true,
    message: 'This account is too new to be known here. Try again in a moment.',
  },
});
