import type { TenantRole } from '@saas/auth';
import { payload } from '@saas/subgraph';
import { parseEmail } from '../account/account.values.ts';
import type { MutationInput, UsersContext } from '../users.context.ts';
import type { KnownInvitation } from './invitation.decider.ts';

type InviteUserInput = MutationInput & { readonly email: string; readonly role: TenantRole };

export const invitationResolvers = {
  Mutation: {
    inviteUser: (_: unknown, { input }: { readonly input: InviteUserInput }, context: UsersContext) =>
      payload(async () => {
        const asked = context.asked('inviteUser', input);
        const guest = { email: parseEmail(input.email), role: input.role };
        const issued = await context.services.invitations.issue(asked, guest);
        context.keepToken(issued.token);
        return { invitation: shown(issued.invitation, issued.version), token: issued.invitationToken };
      }),
  },
};

const shown = (invitation: KnownInvitation, version: number) => ({
  id: invitation.invitationId,
  email: invitation.email,
  role: invitation.role,
  expiresAt: invitation.expiresAt,
  createdAt: invitation.createdAt,
  updatedAt: invitation.updatedAt,
  version,
});
