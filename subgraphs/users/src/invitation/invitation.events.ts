import type { InvitationId, TenantId, UserId } from '@saas/kernel';
import { declareEvents, type DomainEvent } from '@saas/event-sourcing';
import type { TenantRole } from '@saas/auth';
import { addressSubject, erasedPerson, type Email } from '../account/account.values.ts';

type Issued = {
  invitationId: InvitationId;
  tenantId: TenantId;
  email: Email;
  role: TenantRole;
  invitedBy: UserId;
  expiresAt: string;
  at: string;
};

/** The permanent record of an invitation. Fields are added as optional, never renamed, never removed. */
export type InvitationEvent =
  | DomainEvent<'InvitationWasIssued', Issued>
  | DomainEvent<'InvitationWasAccepted', { userId: UserId; at: string }>;

/** The forms in which these events are stored. */
export const invitationEvents = declareEvents<InvitationEvent>({
  InvitationWasIssued: {
    // Nobody has an account yet: whoever has the address is meant.
    personal: {
      standIns: { email: erasedPerson.email },
      subjectOf: ({ data }) => addressSubject(data.email),
    },
  },
  InvitationWasAccepted: {},
});
