import { defineMetrics } from '@saas/kernel';

/** What consumers count, whichever bus brings the messages. */
export const consumerMetrics = defineMetrics({
  consumer_messages_total: {
    kind: 'counter',
    help: 'Messages that a consumer was handed, by outcome: handled, duplicate (received before; changes nothing), early (one before it is missing; it comes again), failed (it comes again), parked (put aside as a dead letter), held (put aside behind a dead letter of its stream).',
    labels: ['queue', 'outcome'],
  },
});
