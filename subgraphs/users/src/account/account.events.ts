import type { SessionId, TenantId, UserId } from '@saas/kernel';
import { declareEvents, type DomainEvent } from '@saas/event-sourcing';
import type { TenantRole } from '@saas/auth';
import type { Email, PasswordHash, PersonName } from './account.values.ts';

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
  | DomainEvent<'EmailChangeWasAbandoned', { at: string }>;

/** The forms in which these events are stored. */
export const accountEvents = declareEvents<AccountEvent>({
  UserWasCreated: {},
  UserProfileWasUpdated: {},
  UserEmailWasChanged: {},
  UserPasswordWasChanged: {},
  UserSessionsWereRevoked: {},
  UserWasDeactivated: {},
  RegistrationWasAbandoned: {},
  EmailChangeWasAbandoned: {},
});
