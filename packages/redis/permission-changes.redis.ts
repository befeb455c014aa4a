import { PermissionListeners, type PermissionChanges } from '@saas/auth';
import type { Redis } from 'ioredis';
import { HEARING_TIMES, PermissionHearing, type HearingTimes } from './permission-hearing.ts';
import { PermissionTeller } from './permission-teller.ts';
import { firstAttempt, redisClient } from './redis-client.ts';

export type RedisPermissionChangesOptions = {
  readonly url: string;
  /** Goes before the channel's name, for example `supergraph:`. */
  readonly prefix: string;
  /** Told about every failure to tell or hear, and what listeners throw. Must not throw. */
  readonly onFailure: (error: unknown) => void;
  readonly times?: Partial<HearingTimes>;
};

export type RedisPermissionChanges = PermissionChanges & {
  /** Tries once more to tell what was not, then leaves. */
  close(): Promise<void>;
};

/**
 * Permission changes, shared through Redis 7 by publish and subscribe.
 *
 * Redis remembers nothing of it: who was not there when something was told learns by `onGap` that anything may have been. While
 * Redis is away, or does not answer within half a second, nobody is live; three seconds after it is back everybody is again, and
 * has forgotten what was kept before.
 *
 * A process that only publishes holds one connection; the first subscriber opens another.
 *
 * Resolves when Redis is connected, or the first attempt has failed.
 */
export const redisPermissionChanges = async (
  options: RedisPermissionChangesOptions,
): Promise<RedisPermissionChanges> => {
  const { url, prefix, onFailure, times } = options;
  const channel = `${prefix}permission-changes`;
  const sender = redisClient({ url, onFailure });
  const teller = new PermissionTeller({ client: sender, channel, onFailure });
  const listeners = new PermissionListeners(onFailure);
  let heard: { readonly hearing: PermissionHearing; readonly receiver: Redis } | undefined;
  const hear = () => {
    const receiver = redisClient({ url, onFailure });
    const hearing = new PermissionHearing({
      sender,
      receiver,
      channel,
      listener: listeners,
      times: { ...HEARING_TIMES, ...times },
      onFailure,
    });
    return { hearing, receiver };
  };
  await firstAttempt(sender);

  return {
    publish: (change) => teller.publish(change),
    subscribe(listener) {
      heard ??= hear();
      return listeners.add(listener);
    },
    isLive: () => heard !== undefined && heard.hearing.isLive(),
    isAllTold: () => teller.isAllTold,
    async close() {
      heard?.hearing.close();
      await teller.close();
      heard?.receiver.disconnect();
      sender.disconnect();
    },
  };
};
