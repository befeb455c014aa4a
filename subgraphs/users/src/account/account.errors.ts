import { defineErrors } from '@saas/kernel';

/** What can be wrong with an account or with what somebody asks of it. */
export const accountErrors = defineErrors({
  NAME_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'A name is required, with at most 255 visible characters.',
  },
  EMAIL_INVALID: { audience: 'client', retryable: false, message: 'This is not a valid e-mail address.' },
  PASSWORD_TOO_SHORT: {
    audience: 'client',
    retryable: false,
    message: 'A password needs at least 8 characters.',
  },
  PASSWORD_TOO_LONG: {
    audience: 'client',
    retryable: false,
    message: 'A password has at most 128 characters.',
  },
  PASSWORD_BLANK: {
    audience: 'client',
    retryable: false,
    message: 'A password needs at least one visible character.',
  },
  EMAIL_TAKEN: {
    audience: 'client',
    retryable: false,
    message: 'There is an account with this e-mail address already.',
  },
  CREDENTIALS_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'The e-mail address or the password is wrong.',
  },
  USER_NOT_FOUND: { audience: 'client', retryable: false, message: 'There is no such user.' },
  USER_DEACTIVATED: {
    audience: 'client',
    retryable: false,
    message: 'This account is deactivated and can no longer change.',
  },
  USER_EXISTS: { audience: 'operator', retryable: false, message: 'This user id is in use already.' },
  LAST_OWNER: {
    audience: 'client',
    retryable: false,
    message: 'A tenant needs an owner; this is the last one.',
  },
  PASSWORDS_BUSY: {
    audience: 'client',
    retryable: true,
    message: 'Too many sign-ins at this moment. Try again shortly.',
  },
});
