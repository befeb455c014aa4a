import { withDeadline } from '@saas/resilience';
import type { Principal } from './principal.ts';
import type { Rights } from './requirement.ts';

export type PolicyCall = {
  readonly timeoutMs: number;
  /** The request's own. */
  readonly signal?: AbortSignal | undefined;
  readonly onFailure?: ((error: unknown) => void) | undefined;
};

/**
 * What a principal has shown, given the policies that matter; only then is anybody asked.
 *
 * A policy is held by those of whom it was said in time. Nobody to ask, a failure, a late answer: it does not hold.
 *
 * @throws the signal's reason when the caller gave up.
 */
export const rightsOf = async (
  { isAuthenticated, scopes, policies }: Principal,
  names: readonly string[],
  { timeoutMs, signal, onFailure }: PolicyCall,
): Promise<Rights> => {
  if (names.length === 0 || policies === undefined) return { isAuthenticated, scopes, policies: new Set() };
  try {
    const granted = await withDeadline({ timeoutMs, parent: signal }, async (within) =>
      policies(names, within),
    );
    return { isAuthenticated, scopes, policies: new Set(names.filter((name) => granted.has(name))) };
  } catch (error) {
    // Whatever went wrong over there, it granted nothing.
    if (signal?.aborted) throw error;
    onFailure?.(error);
    return { isAuthenticated, scopes, policies: new Set() };
  }
};
