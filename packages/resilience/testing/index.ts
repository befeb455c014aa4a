export * from './breaker-hints.contract.ts';
