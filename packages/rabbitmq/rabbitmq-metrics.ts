import { defineMetrics, type Meter } from '@saas/kernel';
import type { RabbitMqStatus } from './message-bus.rabbitmq.ts';

/** How a service stands with RabbitMQ. */
export const rabbitMqMetrics = defineMetrics({
  rabbitmq_connected: {
    kind: 'gauge',
    help: '1 while there is a connection that takes messages or is blocked, else 0; it is tried again for ever.',
    labels: [],
  },
  rabbitmq_blocked: {
    kind: 'gauge',
    help: '1 while RabbitMQ takes no messages because it is short of memory or disk (connection.blocked): they wait in the outbox.',
    labels: [],
  },
  rabbitmq_reconnects_total: {
    kind: 'counter',
    help: 'Connections that were lost and regained, with their channels and consumers.',
    labels: [],
  },
  rabbitmq_unconfirmed_messages: {
    kind: 'gauge',
    help: 'Messages that are written and neither confirmed nor refused.',
    labels: [],
  },
  rabbitmq_refused_messages_total: {
    kind: 'counter',
    help: 'Messages that RabbitMQ refused to confirm (basic.nack), once for each try: they stay in the outbox and are tried again.',
    labels: ['topic'],
  },
  rabbitmq_unroutable_messages_total: {
    kind: 'counter',
    help: 'Messages that were confirmed although no queue is bound for them: nobody will get them. Expected of events that nobody listens to.',
    labels: ['topic'],
  },
  rabbitmq_queue_open: {
    kind: 'gauge',
    help: '1 while this process is a consumer of the queue, active or standing by; else 0.',
    labels: ['queue'],
  },
  rabbitmq_malformed_messages_total: {
    kind: 'counter',
    help: 'Messages that could not be read and were set aside in `<queue>.malformed`.',
    labels: ['queue'],
  },
});

/** Counters of one bus, and gauges of what it says of itself. */
export const rabbitMqCounters = (meter: Meter, status: () => RabbitMqStatus) => {
  const one = (value: number) => [{ labels: {}, value }];
  meter.gauge(rabbitMqMetrics.rabbitmq_connected, () =>
    one(['up', 'blocked'].includes(status().connection) ? 1 : 0),
  );
  meter.gauge(rabbitMqMetrics.rabbitmq_blocked, () => one(status().connection === 'blocked' ? 1 : 0));
  meter.gauge(rabbitMqMetrics.rabbitmq_unconfirmed_messages, () => one(status().unconfirmed));
  meter.gauge(rabbitMqMetrics.rabbitmq_queue_open, () =>
    status().queues.map((each) => ({
      labels: { queue: each.queue },
      value: each.status === 'open' ? 1 : 0,
    })),
  );
  return {
    reconnected: meter.counter(rabbitMqMetrics.rabbitmq_reconnects_total),
    refused: meter.counter(rabbitMqMetrics.rabbitmq_refused_messages_total),
    unroutable: meter.counter(rabbitMqMetrics.rabbitmq_unroutable_messages_total),
    malformed: meter.counter(rabbitMqMetrics.rabbitmq_malformed_messages_total),
  };
};
