import type { Viewer } from '@saas/auth';
import type { GatewayContext } from './gateway-context.ts';

/** For whom something is remembered: nobody else is ever answered with it. */
export type IdentityScope = {
  /** Equal for callers whom a subgraph cannot tell apart, and for no others. */
  readonly key: string;
  /** Undefined for visitors who have not signed in. */
  readonly tenantId: string | undefined;
  readonly userId: string | undefined;
};

/**
 * Reads off a request everything that a subgraph learns of its caller: the viewer, whole, and each of the client's headers
 * that is sent on.
 *
 * @param propagated names of headers, in any case.
 */
export const scopeReader = (
  propagated: readonly string[] = [],
): ((context: Pick<GatewayContext, 'viewer' | 'clientHeaders'>) => IdentityScope) => {
  const names = propagated.map((name) => name.toLowerCase());
  if (names.length === 0) return ({ viewer }) => scopeOf(viewer);
  return ({ viewer, clientHeaders = {} }) => {
    const scope = scopeOf(viewer);
    // What is not there is null in JSON, and no text is.
    const values = names.map((name) =>
      Object.hasOwn(clientHeaders, name) ? clientHeaders[name] : undefined,
    );
    return { ...scope, key: `${scope.key} ${JSON.stringify(values)}` };
  };
};

/** A viewer is the same object for as long as their token is remembered. */
const known = new WeakMap<Viewer, IdentityScope>();

const scopeOf = (viewer: Viewer): IdentityScope => {
  const found = known.get(viewer);
  if (found !== undefined) return found;
  const scope = newScope(viewer);
  known.set(viewer, scope);
  return scope;
};

const newScope = (viewer: Viewer): IdentityScope => {
  if (viewer.status === 'anonymous') return { key: '[]', tenantId: undefined, userId: undefined };
  const { tenantId, userId, role, sessionId } = viewer;
  return { key: JSON.stringify([tenantId, userId, role, sessionId]), tenantId, userId };
};
