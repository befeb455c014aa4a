import type { Clock } from '@saas/kernel';
import type { KeptKey, SubjectKeys } from './subject-keys.port.ts';

type Options = {
  readonly clock: Clock;
  /** A key that was destroyed elsewhere still opens for so long, in milliseconds. */
  readonly freshMs?: number;
  readonly keysMax?: number;
};

/**
 * Remembers keys that were found for at most a second ({@link Options.freshMs}), 10,000 of them, so that a busy account is not
 * asked for with every read. What is destroyed here is forgotten at once; keys for sealing are asked for every time.
 */
export const recentKeys = (
  keys: SubjectKeys,
  { clock, freshMs = 1_000, keysMax = 10_000 }: Options,
): SubjectKeys => {
  const known = new Map<string, { readonly kept: KeptKey; readonly until: number }>();
  const remember = (id: string, kept: KeptKey, until: number): void => {
    known.delete(id);
    known.set(id, { kept, until });
    // A Map keeps the order of insertion: the first is the oldest.
    const [oldest] = known.keys();
    if (known.size > keysMax && oldest !== undefined) known.delete(oldest);
  };
  return {
    forSubjects: (tenantId, subjects) => keys.forSubjects(tenantId, subjects),
    pseudonymOf: (subject) => keys.pseudonymOf(subject),
    find: async (names) => {
      const now = clock.now().getTime();
      const found = new Map<string, KeptKey>();
      const unknown = names.filter(({ tenantId, keyId }) => {
        const entry = known.get(`${tenantId}/${keyId}`);
        if (!entry || entry.until <= now) return true;
        found.set(keyId, entry.kept);
        return false;
      });
      if (unknown.length === 0) return found;
      const asked = await keys.find(unknown);
      for (const { tenantId, keyId } of unknown) {
        const kept = asked.get(keyId);
        if (!kept) continue;
        found.set(keyId, kept);
        remember(`${tenantId}/${keyId}`, kept, now + freshMs);
      }
      return found;
    },
    destroy: async (pseudonyms) => {
      const count = await keys.destroy(pseudonyms);
      known.clear();
      return count;
    },
  };
};
