export { type Retries } from './back-off.ts';
export { type QueueStatus } from './consumer.ts';
export * from './message-bus.rabbitmq.ts';
export { type Log } from './rabbitmq-connection.ts';
export * from './rabbitmq.errors.ts';
