import { Redis } from 'ioredis';

export type RedisClientOptions = {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** No command takes longer, in milliseconds. */
  readonly commandMs?: number;
  /** Told about every connection that failed or was lost. Must not throw. */
  readonly onFailure: (error: unknown) => void;
};

export const COMMAND_MS = 250;
const CONNECT_MS = 2_000;
const RECONNECT_MS_MAX = 2_000;

/**
 * A client that fails fast: while Redis is away commands are refused at once instead of queued. It reconnects for ever,
 * at most 2 seconds apart. Whoever made it ends it, by `disconnect`.
 */
export const redisClient = ({ url, commandMs = COMMAND_MS, onFailure }: RedisClientOptions): Redis => {
  const client = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: CONNECT_MS,
    commandTimeout: commandMs,
    retryStrategy: (attempt) =>
      Math.min(50 * 2 ** Math.min(attempt, 10), RECONNECT_MS_MAX) * (0.5 + Math.random() / 2),
  });
  // Without a listener ioredis writes the error, address included, to the console.
  client.on('error', onFailure);
  return client;
};

/** Resolves when the client is connected, or its first attempt has failed. */
export const firstAttempt = (client: Redis): Promise<void> =>
  new Promise((resolve) => {
    if (client.status === 'ready') return resolve();
    const finish = (): void => {
      client.off('ready', finish);
      client.off('close', finish);
      resolve();
    };
    client.on('ready', finish);
    client.on('close', finish);
  });
