import { bucketOfId, newId, type Clock } from '@saas/kernel';
import { commandHandler, type ConsistencyToken, type EventStore } from '@saas/event-sourcing';
import type { TenantRole } from '@saas/auth';
import { accountStream, requireActive } from '../account/account.decider.ts';
import type { Email } from '../account/account.values.ts';
import type { Asked } from '../account/accounts.port.ts';
import { readAccount } from '../account/account-reader.process.ts';
import { invitationToken } from './invitation-token.values.ts';
import { announceInvitation } from './invitation.announcements.ts';
import { invitation, invitationStream, type KnownInvitation } from './invitation.decider.ts';

type Options = { readonly store: EventStore; readonly clock: Clock; readonly secret: string };

export type InvitationOutcome = {
  readonly invitation: KnownInvitation;
  readonly version: number;
  /** What the invited person registers with. */
  readonly invitationToken: string;
  readonly token?: ConsistencyToken;
};

export type Invitations = ReturnType<typeof invitations>;

/** Lets owners and admins bring people into their tenant. */
export const invitations = ({ store, clock, secret }: Options) => {
  const handle = commandHandler({ decider: invitation, store, announce: announceInvitation });
  return {
    /** @throws {AppError} `FORBIDDEN`, `USER_DEACTIVATED`. */
    async issue(
      { viewer, requestId, traceparent, claim, endsAtMs }: Asked,
      guest: { readonly email: Email; readonly role: TenantRole },
    ): Promise<InvitationOutcome> {
      const { tenantId, userId } = viewer;
      const invitationId = newId('inv', bucketOfId(tenantId), clock);
      const work = async () => {
        // The role in the viewer's token may be a quarter of an hour old; the account's is not, and must not change now.
        const { state, version } = await readAccount(store, viewer);
        const actor = { userId, role: requireActive(state).role };
        const at = clock.now().toISOString();
        const command = { type: 'IssueInvitation', invitationId, tenantId, ...guest, actor, at } as const;
        const dependsOn = [{ stream: accountStream(userId), version }];
        return { commands: [{ stream: invitationStream(invitationId), command }], dependsOn };
      };
      const metadata = { actor: userId, requestId, ...(traceparent && { traceparent }) };
      const { results, token } = await handle({ tenantId, metadata, work, claim, endsAtMs });
      const [result] = results;
      if (!result || result.state.status === 'absent')
        throw new Error('An invitation was issued and is absent.');
      const { state, version } = result;
      return {
        invitation: state,
        version,
        invitationToken: invitationToken(state, secret),
        ...(token !== undefined && { token }),
      };
    },
  };
};
