import type { TenantId, UserId } from '@saas/kernel';
import { stateOf, type EventStore } from '@saas/event-sourcing';
import { account, accountStream, type Account } from './account.decider.ts';
import type { AccountEvent } from './account.events.ts';

/** An account as its stream has it by now. */
export const readAccount = async (
  store: EventStore,
  { tenantId, userId }: { readonly tenantId: TenantId; readonly userId: UserId },
): Promise<{ readonly state: Account; readonly version: number }> => {
  const [slice] = await store.read<AccountEvent>(tenantId, [accountStream(userId)]);
  return { state: stateOf(account, slice ?? { events: [], version: 0 }), version: slice?.version ?? 0 };
};
