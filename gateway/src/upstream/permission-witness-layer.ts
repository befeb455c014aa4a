import type { PermissionChanges } from '@saas/auth';
import { failureKindOf, type ThrownFailure } from './failure-kinds.ts';
import type { Layer, Send, UpstreamAnswer, UpstreamCall } from './upstream-call.ts';

/**
 * Tells of a change of rights in a service's stead: when a mutation ended without saying what became of it, as the service may
 * have died between its commit and telling of it, and when the service says that it cannot tell at the moment. Nobody knows whose
 * rights it was about then; they were of the caller's tenant.
 *
 * Nobody waits for it. Queries pass untouched.
 */
export const permissionWitnessLayer =
  (changes: Pick<PermissionChanges, 'publish'>): Layer =>
  (send) =>
  (call) =>
    call.isMutation ? witnessed(changes, send, call) : send(call);

const witnessed = async (
  changes: Pick<PermissionChanges, 'publish'>,
  send: Send,
  call: UpstreamCall,
): Promise<UpstreamAnswer> => {
  const tell = (): void => {
    const { viewer } = call.context;
    // Visitors who have not signed in have no tenant whose rights they could change.
    if (viewer.status === 'authenticated')
      void changes.publish({ tenantId: viewer.tenantId, userIds: 'all' });
  };
  try {
    const answer = await send(call);
    if (answer.isUntold === true) tell();
    return answer;
  } catch (error) {
    if (!NOT_DONE.has(failureKindOf(error, call))) tell();
    throw error;
  }
};

/** What failed in these ways was not carried out. */
const NOT_DONE: ReadonlySet<ThrownFailure> = new Set([
  'unreachable',
  'insecure',
  'throttled',
  'refused',
  'circuit_open',
  'busy',
  'cancelled',
]);
