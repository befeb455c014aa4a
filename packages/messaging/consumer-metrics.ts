import { defineMetrics } from '@saas/kernel';

/** What consumers count, whichever bus brings the messages. */
export const consumerMetrics = defineMetrics({
  consumer_messages_total: {
    kind: 'counter',
    help: 'Messages that a consumer was handed, by outcome: handled, duplicate (received before; changes nothing), early (one before it is missing or parked; parked behind it), retrying (failed; parked, and tried again later), dead (given up; parked until an operator replays or drops it), returned (left to the bus: the database is away, or there is no room).',
    labels: ['queue', 'outcome'],
  },
  parked_messages: {
    kind: 'gauge',
    help: 'Messages that were taken from the bus and are not handled yet, by state: retrying, held (behind an earlier one of their stream), dead (wait for an operator), replaying.',
    labels: ['state'],
  },
});
