import { defineErrors } from '@saas/kernel';

export const webhookErrors = defineErrors({
  WEBHOOK_URL_INVALID: {
    audience: 'client',
    retryable: false,
    message:
      'A webhook needs an http or https URL of a public address, without credentials, of at most 2,048 characters.',
  },
  WEBHOOK_NOT_SET: {
    audience: 'operator',
    retryable: false,
    message: 'The recipient has no webhook.',
  },
  WEBHOOK_ADDRESS_FORBIDDEN: {
    audience: 'operator',
    retryable: false,
    message: 'A webhook leads to an address that is not public.',
  },
  WEBHOOK_GONE: {
    audience: 'operator',
    retryable: false,
    message: 'The address of a webhook answered that it is gone for good (410).',
  },
  WEBHOOK_REFUSED: {
    audience: 'operator',
    retryable: true,
    message:
      'The address of a webhook answered with something else than success; redirects are not followed.',
  },
  WEBHOOK_UNREACHABLE: {
    audience: 'operator',
    retryable: true,
    message: 'The address of a webhook could not be reached, or did not answer.',
  },
});
