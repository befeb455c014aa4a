export * from './claim.ts';
export * from './command-handler.ts';
export * from './decider.ts';
export * from './event-store.memory.ts';
export * from './event-store.port.ts';
export * from './outbox-messages.ts';
export * from './recorded-event.ts';
