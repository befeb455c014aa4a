import { defineMetrics } from '@saas/kernel';

/** What operators watch deliveries by. */
export const deliveryMetrics = defineMetrics({
  delivery_attempts_total: {
    kind: 'counter',
    help: 'Attempts to deliver a notification or a digest, by channel and by outcome: sent (accepted), waiting (refused; it is tried again), failed (for good, or out of attempts), withheld (there was nobody to send it to).',
    labels: ['channel', 'outcome'],
  },
  deliveries_due: {
    kind: 'gauge',
    help: 'Deliveries that are due or being sent, by shard.',
    labels: ['shard'],
  },
  deliveries_later: {
    kind: 'gauge',
    help: 'Deliveries that are not due yet, by shard: gathered as a digest, or put off after a failed attempt.',
    labels: ['shard'],
  },
  deliveries_lag_seconds: {
    kind: 'gauge',
    help: 'For how long the longest due delivery of a shard has been due, in seconds; 0 when none is.',
    labels: ['shard'],
  },
});
