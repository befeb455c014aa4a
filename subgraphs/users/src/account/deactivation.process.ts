import type { UserId } from '@saas/kernel';
import type { Work } from '@saas/event-sourcing';
import { readAccount } from './account-reader.process.ts';
import { accountStream, requireActive, type AccountCommand } from './account.decider.ts';
import type { AccountsOptions, Asked } from './accounts.port.ts';

/** What deactivates an account. Neither the actor's role nor the other owner may change while it is decided. */
export const deactivation = async (
  { store, findOtherOwner }: AccountsOptions,
  { viewer, expectedVersion }: Asked,
  userId: UserId,
  at: string,
): Promise<Work<AccountCommand>> => {
  const { tenantId } = viewer;
  const actor = await readAccount(store, viewer);
  const { role } = requireActive(actor.state);
  const otherOwner = await findOtherOwner(tenantId, userId);
  const witness = otherOwner && (await readAccount(store, { tenantId, userId: otherOwner }));
  const isWitness = witness?.state.status === 'active' && witness.state.role === 'OWNER';
  const command = {
    type: 'DeactivateUser',
    actor: { userId: viewer.userId, role },
    otherOwner: isWitness ? otherOwner : undefined,
    at,
  } as const;
  const still = new Map([[accountStream(viewer.userId), actor.version]]);
  if (otherOwner && isWitness) still.set(accountStream(otherOwner), witness.version);
  still.delete(accountStream(userId));
  return {
    commands: [{ stream: accountStream(userId), command, expectedVersion }],
    dependsOn: [...still].map(([stream, version]) => ({ stream, version })),
  };
};
