import { defineErrors } from '@saas/kernel';

/** Why a session cannot go on. The way out is always the same: sign in again. */
export const sessionErrors = defineErrors({
  SESSION_EXPIRED: { audience: 'client', retryable: false, message: 'This session is over. Sign in again.' },
  REFRESH_TOKEN_MALFORMED: { audience: 'client', retryable: false, message: 'This is not a refresh token.' },
});
