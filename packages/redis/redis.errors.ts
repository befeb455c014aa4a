import { defineErrors } from '@saas/kernel';

export const redisErrors = defineErrors({
  REDIS_TIMEOUT: {
    audience: 'operator',
    retryable: true,
    message: 'Redis did not answer in time.',
  },
  REDIS_AWAY: {
    audience: 'operator',
    retryable: true,
    message: 'There is no connection to Redis.',
  },
});
