export * from './consumer-metrics.ts';
export * from './message-bus.memory.ts';
export * from './message-bus.port.ts';
export * from './outbox-relay.ts';
export * from './outbox.memory.ts';
export * from './outbox.port.ts';
export * from './received.ts';
export * from './topic-pattern.ts';
