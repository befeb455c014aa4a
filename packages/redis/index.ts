export * from './permission-changes.redis.ts';
export * from './breaker-hints.redis.ts';
export { redisClient, type RedisClientOptions } from './redis-client.ts';
export * from './redis.errors.ts';
export * from './revoked-sessions.redis.ts';
export * from './shared-cache.redis.ts';
