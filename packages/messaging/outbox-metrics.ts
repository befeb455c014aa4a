import { defineMetrics } from '@saas/kernel';

/** What carries announcements from a service's outboxes to the bus. */
export const outboxMetrics = defineMetrics({
  outbox_waiting_messages: {
    kind: 'gauge',
    help: 'Messages that are committed and not yet confirmed by the broker; 1,000,000 stands for that many or more. Every process of the service sees the same ones.',
    labels: ['shard'],
  },
  outbox_oldest_waiting_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest waiting message, the lag of the relay; 0 when none waits.',
    labels: ['shard'],
  },
  outbox_leader: {
    kind: 'gauge',
    help: '1 in the process whose relay publishes, 0 in those that stand by.',
    labels: ['shard'],
  },
  outbox_held_streams: {
    kind: 'gauge',
    help: 'Streams with a message that was not confirmed: they wait for their next try and let others pass.',
    labels: ['shard'],
  },
  outbox_published_messages_total: {
    kind: 'counter',
    help: 'Messages that the bus confirmed.',
    labels: ['shard'],
  },
  outbox_unconfirmed_messages_total: {
    kind: 'counter',
    help: 'Messages that the bus was handed and did not confirm, once for each try; they are tried again.',
    labels: ['shard'],
  },
  outbox_relay_failures_total: {
    kind: 'counter',
    help: 'Batches that ended with a failure, for instance because the database was away; they are tried again.',
    labels: ['shard'],
  },
});
