export * from './shared-cache.memory.ts';
export type { CacheEntry, SharedCache } from './shared-cache.port.ts';
export * from './write-behind.ts';
