import type { RevokedSessions } from '@saas/auth';
import { systemClock, type Clock, type SessionId } from '@saas/kernel';
import type { Redis } from 'ioredis';
import { KnownRevocations } from './known-revocations.ts';
import { COMMAND_MS, firstAttempt, redisClient } from './redis-client.ts';
import { redisErrors } from './redis.errors.ts';

export type RedisRevokedSessionsOptions = {
  /** A URL, for a connection of its own, or a client made by `redisClient`, which stays the caller's to end. */
  readonly redis: { readonly url: string } | { readonly client: Redis };
  /** Goes before every key, for example `supergraph:`. */
  readonly prefix: string;
  /** Told about every failure to ask or tell Redis. Must not throw. */
  readonly onFailure: (error: unknown) => void;
  /** How long one question may take, in milliseconds. */
  readonly commandMs?: number;
  readonly clock?: Clock;
};

export type RedisRevokedSessions = RevokedSessions & {
  /** `degraded`: Redis could not be asked the last time; answers come from this process's memory. */
  status(): 'up' | 'degraded';
  close(): Promise<void>;
};

/** After a failure Redis is left alone for this long, so that a Redis that hangs does not slow down every request. */
const PAUSE_MS = 1_000;
const TELL_AT_ONCE = 100;

/** Never shortens a life. One script is one step: a key cannot expire in the middle of it. */
const EXTEND = `
  if redis.call('SET', KEYS[1], '1', 'PX', ARGV[1], 'NX') then return 1 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[1], 'GT')`;

/**
 * Revoked sessions, shared through Redis 7 and remembered by this process.
 *
 * When Redis cannot be asked, this process still honours what it revoked itself and what it has already seen revoked;
 * any other session counts as good. That is at most as long as an access token lives. Neither method ever rejects or
 * takes longer than `commandMs`. What Redis could not be told it is told later; when it has been away, and may have come
 * back empty, everything that is remembered and still counts.
 *
 * Resolves when Redis is connected, or the first attempt has failed.
 */
export const redisRevokedSessions = async (
  options: RedisRevokedSessionsOptions,
): Promise<RedisRevokedSessions> => {
  const { redis, prefix, onFailure, commandMs = COMMAND_MS, clock = systemClock } = options;
  const client = 'client' in redis ? redis.client : redisClient({ url: redis.url, commandMs, onFailure });
  const known = new KnownRevocations(clock);
  const untold = new KnownRevocations(clock);
  let retry: NodeJS.Timeout | undefined;
  const nowMs = (): number => clock.now().getTime();
  const keyOf = (sessionId: SessionId): string => `${prefix}revoked-session:${sessionId}`;
  let pausedUntilMs = 0;
  let status: 'up' | 'degraded' = client.status === 'ready' ? 'up' : 'degraded';

  /** Undefined when Redis cannot be asked. */
  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> => {
    if (status === 'degraded' && nowMs() < pausedUntilMs) return undefined;
    try {
      const answer = await inTime(question(), commandMs);
      status = 'up';
      return answer;
    } catch (error) {
      status = 'degraded';
      pausedUntilMs = nowMs() + PAUSE_MS;
      onFailure(error);
      return undefined;
    }
  };
  const tell = async (sessionId: SessionId, untilMs: number): Promise<void> => {
    const leftMs = Math.max(1, Math.ceil(untilMs - nowMs()));
    const answer = await ask(() => client.eval(EXTEND, 1, keyOf(sessionId), leftMs));
    if (answer !== undefined) return;
    untold.add(sessionId, untilMs);
    retry ??= setTimeout(() => void tellUntold(), PAUSE_MS).unref();
  };
  const tellUntold = async (): Promise<void> => {
    clearTimeout(retry);
    retry = undefined;
    const entries = untold.take();
    for (let from = 0; from < entries.length; from += TELL_AT_ONCE) {
      const some = entries.slice(from, from + TELL_AT_ONCE);
      await Promise.all(some.map(([sessionId, untilMs]) => tell(sessionId, untilMs)));
    }
  };
  /** It may have come back empty. */
  const onReady = (): void => {
    pausedUntilMs = 0;
    for (const [sessionId, untilMs] of known.entries()) untold.add(sessionId, untilMs);
    void tellUntold();
  };
  client.on('ready', onReady);
  await firstAttempt(client);

  return {
    async revoke(sessionId, untilMs) {
      if (untilMs <= nowMs()) return;
      known.add(sessionId, untilMs);
      await tell(sessionId, untilMs);
    },
    async isRevoked(sessionId) {
      if (known.has(sessionId)) return true;
      const leftMs = await ask(() => client.pttl(keyOf(sessionId)));
      // -2: there is no such key.
      if (leftMs === undefined || leftMs === -2) return false;
      known.add(sessionId, nowMs() + leftMs);
      return true;
    },
    status: () => status,
    async close() {
      client.off('ready', onReady);
      clearTimeout(retry);
      if ('url' in redis) client.disconnect();
    },
  };
};

const inTime = async <Answer>(answer: Promise<Answer>, timeoutMs: number): Promise<Answer> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(redisErrors.REDIS_TIMEOUT({ timeoutMs })), timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};
