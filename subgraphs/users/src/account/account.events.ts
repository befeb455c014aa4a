import type { SessionId, TenantId, UserId } from '@saas/kernel';
import { declareEvents, type DomainEvent, type StreamId } from '@saas/event-sourcing';
import type { TenantRole } from '@saas/auth';
import { erasedPerson, type Email, type PasswordHash, type PersonName } from './account.values.ts';

type Created = {
  userId: UserId;
  tenantId: TenantId;
  name: PersonName;
  email: Email;
  role: TenantRole;
  passwordHash: PasswordHash;
  at: string;
};

/**
 * The permanent record of an account. Fields are added as optional, never renamed, never removed.
 *
 * The two `…WasAbandoned` say that nothing happened, for good: each takes the version at which a slow or dead process meant
 * to append, so that it never can. See the settlement of reservations.
 *
 * Names, addresses and password hashes are sealed with the person's own key. `UserWasErased` says that this key is destroyed,
 * or is about to be: whatever was sealed reads as `erasedPerson` from then on.
 */
export type AccountEvent =
  | DomainEvent<'UserWasCreated', Created>
  | DomainEvent<'UserProfileWasUpdated', { name: PersonName; at: string }>
  | DomainEvent<'UserEmailWasChanged', { email: Email; previousEmail: Email; at: string }>
  | DomainEvent<
      'UserPasswordWasChanged',
      { passwordHash: PasswordHash; keptSessionId: SessionId; at: string }
    >
  | DomainEvent<'UserSessionsWereRevoked', { at: string }>
  | DomainEvent<'UserWasDeactivated', { by: UserId; at: string }>
  | DomainEvent<'RegistrationWasAbandoned', { at: string }>
  | DomainEvent<'EmailChangeWasAbandoned', { at: string }>
  | DomainEvent<'UserWasErased', { at: string }>;

const { name, email, passwordHash } = erasedPerson;
/** The stream's own user, whatever the event says. */
const subjectOf = ({ stream }: { readonly stream: StreamId }): string => stream.slice('account-'.length);

/** The forms in which these events are stored. */
export const accountEvents = declareEvents<AccountEvent>({
  UserWasCreated: { personal: { standIns: { name, email, passwordHash }, subjectOf } },
  UserProfileWasUpdated: { personal: { standIns: { name }, subjectOf } },
  UserEmailWasChanged: { personal: { standIns: { email, previousEmail: email }, subjectOf } },
  UserPasswordWasChanged: { personal: { standIns: { passwordHash }, subjectOf } },
  UserSessionsWereRevoked: {},
  UserWasDeactivated: {},
  RegistrationWasAbandoned: {},
  EmailChangeWasAbandoned: {},
  UserWasErased: {},
});
