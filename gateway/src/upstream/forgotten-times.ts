import type { IdentityScope } from './fallback-scope.ts';

/** More are not told apart: then everything counts as forgotten when the oldest of them was. */
const TIMES_MAX = 10_000;

/**
 * When what was kept for whom was forgotten. An answer that was asked for before that may still be on its way, or lie
 * where others can reach it.
 *
 * @param rememberedMs nothing older than this is ever told to anyone.
 */
export const forgottenTimes = (rememberedMs: number, timesMax = TIMES_MAX) => {
  const times = new Map<string, number>();
  let allAtMs = -Infinity;

  const add = (key: string, nowMs: number): void => {
    // Deleted first: a Map keeps insertion order, so that the first is the oldest.
    times.delete(key);
    times.set(key, nowMs);
    for (const [oldest, atMs] of times) {
      const isOver = nowMs - atMs > rememberedMs;
      if (!isOver && times.size <= timesMax) break;
      times.delete(oldest);
      if (!isOver) allAtMs = Math.max(allAtMs, atMs);
    }
  };
  const isBefore = (askedAtMs: number, key: string): boolean => askedAtMs <= (times.get(key) ?? -Infinity);
  return {
    viewer: (tenantId: string, userId: string, nowMs: number): void =>
      add(viewerKey(tenantId, userId), nowMs),
    tenant: (tenantId: string, nowMs: number): void => add(tenantId, nowMs),
    all: (nowMs: number): void => {
      times.clear();
      allAtMs = nowMs;
    },
    /** Whether it was forgotten after it was asked for. */
    has: ({ tenantId, userId }: IdentityScope, askedAtMs: number): boolean => {
      if (askedAtMs <= allAtMs) return true;
      if (times.size === 0 || tenantId === undefined || userId === undefined) return false;
      return isBefore(askedAtMs, tenantId) || isBefore(askedAtMs, viewerKey(tenantId, userId));
    },
  };
};

/** Ids have no space in them: the key of a user is none of a tenant. */
const viewerKey = (tenantId: string, userId: string): string => `${tenantId} ${userId}`;
