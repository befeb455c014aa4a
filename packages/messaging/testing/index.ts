export * from './message-bus.contract.ts';
export * from './parked-messages.contract.ts';
