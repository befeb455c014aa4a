import { defineErrors } from '@saas/kernel';

/** Why somebody is not let in. */
export const authErrors = defineErrors({
  UNAUTHENTICATED: { audience: 'client', retryable: false, message: 'Sign in first.' },
  TOKEN_EXPIRED: {
    audience: 'client',
    retryable: false,
    message: 'The access token has expired. Refresh the session, then retry.',
  },
  TOKEN_INVALID: { audience: 'client', retryable: false, message: 'The access token is not valid.' },
  SESSION_REVOKED: {
    audience: 'client',
    retryable: false,
    message: 'This session was ended. Sign in again.',
  },
  FORBIDDEN: { audience: 'client', retryable: false, message: 'Your role does not allow this.' },
  KEYS_UNAVAILABLE: {
    audience: 'client',
    retryable: true,
    message: 'Access tokens cannot be checked at the moment.',
  },
  CALLER_UNKNOWN: {
    audience: 'client',
    retryable: false,
    message: 'This service answers the gateway only; the caller did not prove to be it.',
  },
  PERMISSION_CHANGE_UNTOLD: {
    audience: 'operator',
    retryable: true,
    message: 'Nobody could be told yet whose rights have changed.',
  },
  SIGNING_KEY_UNUSABLE: {
    audience: 'operator',
    retryable: false,
    message: 'The signing key is not an Ed25519 private key in PKCS #8 PEM.',
  },
});
