import type { BreakerHint, BreakerHints } from './breaker-hints.port.ts';

/** Hints within one process: each `join` is one of those that tell each other. */
export const memoryBreakerHints = (): { join(): BreakerHints } => {
  const members = new Set<Set<(hint: BreakerHint) => void>>();
  return {
    join: () => {
      const own = new Set<(hint: BreakerHint) => void>();
      members.add(own);
      return {
        publish: (hint) => {
          for (const listeners of members) if (listeners !== own) for (const tell of listeners) tell(hint);
        },
        listen: (listener) => {
          own.add(listener);
          return () => void own.delete(listener);
        },
      };
    },
  };
};
