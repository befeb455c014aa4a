export * from './shared-cache.contract.ts';
