import { randomUUID } from 'node:crypto';
import type { BreakerHint, BreakerHints } from '@saas/resilience';
import type { Redis } from 'ioredis';
import { firstAttempt, redisClient } from './redis-client.ts';
import { redisErrors } from './redis.errors.ts';

export type RedisBreakerHintsOptions = {
  readonly url: string;
  /** Goes before the channel's name, for example `supergraph:`. */
  readonly prefix: string;
  /** Told once when hints begin to be lost. Must not throw. */
  readonly onFailure: (error: unknown) => void;
};

export type RedisBreakerHints = BreakerHints & {
  /** Whether hints of others would be heard at the moment. */
  isListening(): boolean;
  close(): Promise<void>;
};

/** Of a hint with the longest of names. */
const TEXT_LENGTH_MAX = 1_000;
/** Hints on their way to Redis; of a Redis that hangs nobody waits for more. */
const UNDERWAY_MAX = 32;

/**
 * Breaker hints through Redis 7, by publish and subscribe. While Redis is away or slow hints are lost, and nothing else
 * happens: nobody waits for it, and nothing is kept for later.
 *
 * Resolves when it listens, or the first attempt has failed.
 */
export const redisBreakerHints = async (options: RedisBreakerHintsOptions): Promise<RedisBreakerHints> => {
  const { url, prefix } = options;
  let isToldOf = false;
  const onFailure = (error: unknown): void => {
    if (!isToldOf) options.onFailure(error);
    isToldOf = true;
  };
  const channel = `${prefix}breaker-hints`;
  const own = randomUUID();
  const sender = redisClient({ url, onFailure });
  const receiver = redisClient({ url, onFailure });
  const listeners = new Set<(hint: BreakerHint) => void>();
  let underway = 0;
  let isListening = false;

  const onClose = (): void => {
    isListening = false;
    onFailure(redisErrors.REDIS_AWAY());
  };
  receiver.on('close', onClose);
  receiver.on('message', (_, text: string) => {
    const heard = parseHint(text);
    if (heard === undefined || heard.from === own) return;
    for (const listener of listeners) listener(heard.hint);
  });
  const subscribe = async (): Promise<void> => {
    isListening = await receiver.subscribe(channel).then(
      () => true,
      (error: unknown) => giveUp(receiver, error, onFailure),
    );
    if (isListening) isToldOf = false;
  };
  receiver.on('ready', () => void subscribe());
  await Promise.all([firstAttempt(sender), firstAttempt(receiver)]);
  if (receiver.status === 'ready') await subscribe();

  return {
    publish: ({ circuit, change }) => {
      if (sender.status !== 'ready' || underway >= UNDERWAY_MAX) return;
      underway += 1;
      const ended = (): void => {
        underway -= 1;
      };
      sender.publish(channel, JSON.stringify({ from: own, circuit, change })).then(ended, ended);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    isListening: () => isListening,
    close: async () => {
      receiver.off('close', onClose);
      isListening = false;
      receiver.disconnect();
      sender.disconnect();
    },
  };
};

/** Without a subscription the connection is of no use: the next one tries again. */
const giveUp = (receiver: Redis, error: unknown, onFailure: (error: unknown) => void): false => {
  onFailure(error);
  if (receiver.status === 'ready') receiver.disconnect(true);
  return false;
};

/** Anybody may write to the channel; what is none of ours says nothing. */
const parseHint = (text: string): { readonly from: string; readonly hint: BreakerHint } | undefined => {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const { from, circuit, change } = value ?? {};
    const isHint = typeof from === 'string' && typeof circuit === 'string';
    if (!isHint || (change !== 'opened' && change !== 'closed')) return undefined;
    return { from, hint: { circuit, change } };
  } catch {
    return undefined;
  }
};
