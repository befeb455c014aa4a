import { defineErrors } from '@saas/kernel';

/** Why a delivery was not accepted. Retryable ones are tried again until their attempts are used up. */
export const deliveryErrors = defineErrors({
  DELIVERY_ATTEMPTS_EXHAUSTED: {
    audience: 'operator',
    retryable: false,
    message:
      'A delivery was taken up as often as is allowed, and never ended; its process may have died of it.',
  },
  CONTACT_UNKNOWN: {
    audience: 'operator',
    retryable: false,
    message: 'The recipient has no address any more: the account is closed, erased or unknown.',
  },
  CONTACTS_UNAVAILABLE: {
    audience: 'operator',
    retryable: true,
    message: 'The users service could not be asked for an address.',
  },
  MAIL_REFUSED: {
    audience: 'operator',
    retryable: false,
    message: 'The mail server refused an e-mail for good.',
  },
  MAIL_UNAVAILABLE: {
    audience: 'operator',
    retryable: true,
    message:
      'The mail server could not be reached or asked to be tried later, or the spool could not be written.',
  },
});
