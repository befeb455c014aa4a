import { defineErrors } from '@saas/kernel';

/** What can be wrong with a tenant. */
export const tenantErrors = defineErrors({
  TENANT_NAME_INVALID: {
    audience: 'client',
    retryable: false,
    message: 'A tenant needs a name of 1 to 80 visible characters.',
  },
  TENANT_EXISTS: { audience: 'operator', retryable: false, message: 'This tenant id is in use already.' },
});
