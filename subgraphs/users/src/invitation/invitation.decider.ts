import { assertNever, type InvitationId, type TenantId, type UserId } from '@saas/kernel';
import type { Decider, StreamId } from '@saas/event-sourcing';
import { authErrors, type TenantRole } from '@saas/auth';
import { emailKeyOf, type Email } from '../account/account.values.ts';
import { invitationErrors } from './invitation.errors.ts';
import type { InvitationEvent } from './invitation.events.ts';

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1_000;

export type KnownInvitation = {
  readonly status: 'open' | 'accepted';
  readonly invitationId: InvitationId;
  readonly tenantId: TenantId;
  readonly email: Email;
  readonly role: TenantRole;
  readonly expiresAt: string;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type Invitation = { readonly status: 'absent' } | KnownInvitation;

type IssueInvitation = {
  readonly type: 'IssueInvitation';
  readonly invitationId: InvitationId;
  readonly tenantId: TenantId;
  readonly email: Email;
  readonly role: TenantRole;
  readonly actor: { readonly userId: UserId; readonly role: TenantRole };
};

export type InvitationCommand = { readonly at: string } & (
  IssueInvitation | { readonly type: 'AcceptInvitation'; readonly userId: UserId; readonly email: Email }
);

/** The stream in which an invitation is recorded. */
export const invitationStream = (invitationId: InvitationId): StreamId => `invitation-${invitationId}`;

const decide = (command: InvitationCommand, state: Invitation): readonly InvitationEvent[] => {
  const { at } = command;
  switch (command.type) {
    case 'IssueInvitation': {
      const { invitationId, tenantId, email, role, actor } = command;
      const isAllowed = actor.role === 'OWNER' || (actor.role === 'ADMIN' && role !== 'OWNER');
      if (!isAllowed) throw authErrors.FORBIDDEN();
      if (state.status !== 'absent') throw invitationErrors.INVITATION_INVALID();
      const expiresAt = new Date(Date.parse(at) + LIFETIME_MS).toISOString();
      const data = { invitationId, tenantId, email, role, invitedBy: actor.userId, expiresAt, at };
      return [{ type: 'InvitationWasIssued', data }];
    }
    case 'AcceptInvitation': {
      const { userId, email } = command;
      const field = 'invitationToken';
      if (state.status !== 'open' || emailKeyOf(email) !== emailKeyOf(state.email)) {
        throw invitationErrors.INVITATION_INVALID({ field });
      }
      if (at >= state.expiresAt) throw invitationErrors.INVITATION_EXPIRED({ field });
      return [{ type: 'InvitationWasAccepted', data: { userId, at } }];
    }
    default:
      return assertNever(command);
  }
};

const evolve = (state: Invitation, event: InvitationEvent): Invitation => {
  switch (event.type) {
    case 'InvitationWasIssued': {
      const { at, invitedBy: _, ...data } = event.data;
      return { status: 'open', ...data, createdAt: at, updatedAt: at };
    }
    case 'InvitationWasAccepted':
      if (state.status === 'absent') throw new Error('An invitation was accepted before it was issued.');
      return { ...state, status: 'accepted', updatedAt: event.data.at };
    default:
      return assertNever(event);
  }
};

/** The rules of an invitation: one person, one time, 7 days. */
export const invitation: Decider<Invitation, InvitationCommand, InvitationEvent> = {
  initialState: { status: 'absent' },
  evolve,
  decide,
};
