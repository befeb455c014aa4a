import { createHash } from 'node:crypto';
import { writeBehind, type CacheEntry, type SharedCache } from '@saas/cache';
import type { Clock } from '@saas/kernel';
import type { FallbackStore, FoundText, Remembered } from './fallback-store.ts';
import { textsOf } from './kept-answers.ts';

type Options = {
  readonly cache: SharedCache;
  readonly store: Pick<FallbackStore, 'mayTell'>;
  readonly clock: Clock;
  readonly maxStaleMs: number;
};

/** Last good answers, shared by gateways. Whatever is wrong with the cache, each has its own. */
export type SharedAnswers = {
  /** Hands over what the store has kept, to be written soon; lost when too much waits. */
  keep(remembered: Remembered, indexes: readonly number[], body: Buffer, askedAtMs: number): void;
  /** Looks up what `found` lacks. */
  fill(
    remembered: Remembered,
    found: readonly (FoundText | undefined)[],
  ): Promise<readonly (FoundText | undefined)[]>;
  flush(): Promise<void>;
};

/** Clocks of gateways differ by less. What was asked for so shortly after something was forgotten counts as forgotten too. */
const SKEW_MS = 5_000;
const WRITING = { everyMs: 250, waitingMax: 100 };

/**
 * A gateway uses what was asked for since it began: it has heard of every change of rights since. What others wrote before,
 * nobody may have told it to forget.
 */
export const sharedAnswers = ({ cache, store, clock, maxStaleMs }: Options): SharedAnswers => {
  const beganMs = performance.now();
  const behind = writeBehind(cache, WRITING);
  const wallMs = (): number => clock.now().getTime();

  const read = (value: string | undefined, { scope }: Remembered): FoundText | undefined => {
    const end = value?.indexOf(' ') ?? -1;
    if (value === undefined || end < 0) return undefined;
    const ageMs = wallMs() - Number(value.slice(0, end));
    const atMs = performance.now() - ageMs;
    const surelyAtMs = atMs - SKEW_MS;
    const isFit = ageMs > -SKEW_MS && surelyAtMs > beganMs && store.mayTell(scope, surelyAtMs);
    return isFit ? { json: value.slice(end + 1), atMs } : undefined;
  };
  return {
    keep: (remembered, indexes, body, askedAtMs) => {
      behind.add((): readonly CacheEntry[] => {
        const ageMs = performance.now() - askedAtMs;
        if (ageMs >= maxStaleMs || !store.mayTell(remembered.scope, askedAtMs)) return [];
        const atMs = Math.round(wallMs() - ageMs);
        const texts = textsOf(body, remembered.isAboutEntities);
        return indexes.map((index) => ({
          key: keyOf(remembered, index),
          value: `${atMs} ${texts[index] ?? 'null'}`,
          ttlMs: maxStaleMs - ageMs,
        }));
      });
    },
    fill: async (remembered, found) => {
      const missing = found.flatMap((each, index) => (each === undefined ? [index] : []));
      const values = await cache.read(missing.map((index) => keyOf(remembered, index)));
      const texts = new Map(missing.map((index, position) => [index, read(values[position], remembered)]));
      return found.map((each, index) => each ?? texts.get(index));
    },
    flush: () => behind.flush(),
  };
};

/** Nobody who reads the cache learns who asked for what; as JSON, no two of them can meet. */
const keyOf = ({ scope, question, keys }: Remembered, index: number): string =>
  `answer:${createHash('sha256')
    .update(JSON.stringify([scope.key, question, keys[index]]))
    .digest('base64url')}`;
