export * from './a-message.ts';
export * from './message-bus.contract.ts';
export * from './parked-messages.contract.ts';
