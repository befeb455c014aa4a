import { isId, type TenantId, type UserId } from '@saas/kernel';
import type { Message, Subscription } from '@saas/messaging';

type Options = {
  /** Makes every access token of the user worthless; may be done twice. */
  readonly denyAll: (user: { readonly tenantId: TenantId; readonly userId: UserId }) => Promise<void>;
};

/**
 * Ends what an erased person holds in their hands. Whoever erases is another process, which need not know where ended sessions
 * are remembered: the service hears of it like everybody else.
 *
 * Denying twice is denying once, so no receipt is kept. The queue's name is permanent.
 */
export const erasedSessionsSubscription = ({ denyAll }: Options): Subscription => ({
  queue: 'users.erasures',
  bindings: [{ topic: 'user_events', pattern: 'user.erased' }],
  handle: async ({ tenantId, body }: Message) => {
    const { userId } = (body ?? {}) as { readonly userId?: unknown };
    // Our own service has announced it: anything else was never an erasure.
    if (isId('ten', tenantId) && isId('usr', userId)) await denyAll({ tenantId, userId });
  },
});
