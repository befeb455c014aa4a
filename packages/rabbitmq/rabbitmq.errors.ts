import { defineErrors } from '@saas/kernel';

export const rabbitMqErrors = defineErrors({
  RABBITMQ_URL_INVALID: {
    audience: 'operator',
    retryable: false,
    message: 'The URL of RabbitMQ must begin with amqp:// or amqps://.',
  },
  RABBITMQ_CLOSED: {
    audience: 'operator',
    retryable: false,
    message: 'The message bus was closed.',
  },
  RABBITMQ_LOST: {
    audience: 'operator',
    retryable: true,
    message: 'RabbitMQ ended a connection or channel while it was being set up.',
  },
  MESSAGE_MALFORMED: {
    audience: 'operator',
    retryable: false,
    message: 'A message that cannot be read was set aside in the queue of malformed messages.',
  },
  MALFORMED_NOT_KEPT: {
    audience: 'operator',
    retryable: true,
    message: 'RabbitMQ did not confirm a malformed message that was to be set aside.',
  },
});
