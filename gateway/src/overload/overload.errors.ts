import { defineErrors } from '@saas/kernel';

export const overloadErrors = defineErrors({
  GATEWAY_OVERLOADED: {
    audience: 'client',
    retryable: true,
    message: 'More is asked at the moment than can be answered. Nothing was done; try again a little later.',
  },
});

/** The HTTP status that belongs to each code. */
export const overloadStatuses: Readonly<Record<string, number>> = { GATEWAY_OVERLOADED: 503 };
