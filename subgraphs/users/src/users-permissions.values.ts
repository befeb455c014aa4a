import { declarePermissionEffects, type PermissionEffects, type PermissionMessages } from '@saas/auth';
import { isId, type UserId } from '@saas/kernel';
import type { AccountEvent } from './account/account.events.ts';
import type { InvitationEvent } from './invitation/invitation.events.ts';
import type { SessionEvent } from './session/session.events.ts';
import type { TenantEvent } from './tenant/tenant.events.ts';

const owner = (_: unknown, { stream }: { readonly stream: string }): readonly UserId[] | 'tenant' => {
  const userId = stream.slice('account-'.length);
  return isId('usr', userId) ? [userId] : 'tenant';
};

/** Who may see something else after an event, or may not be seen any more. */
export const usersPermissionEffects: PermissionEffects = declarePermissionEffects<
  AccountEvent | InvitationEvent | SessionEvent | TenantEvent
>({
  UserWasCreated: 'nobody',
  UserProfileWasUpdated: 'nobody',
  UserEmailWasChanged: 'nobody',
  UserPasswordWasChanged: owner,
  UserSessionsWereRevoked: owner,
  UserWasDeactivated: owner,
  RegistrationWasAbandoned: 'nobody',
  EmailChangeWasAbandoned: 'nobody',
  // Their name must not be shown to anybody any more.
  UserWasErased: 'tenant',
  InvitationWasIssued: 'nobody',
  InvitationWasAccepted: 'nobody',
  SessionWasStarted: 'nobody',
  SessionWasRefreshed: 'nobody',
  // Whoever logs out does it themselves; of a stolen token the event does not say whose it was.
  SessionWasRevoked: (_, { actor }) => (isId('usr', actor) ? [actor] : 'tenant'),
  TenantWasCreated: 'nobody',
});

/** The same, by what is announced of it. That somebody has logged out is not. */
export const usersPermissionMessages: PermissionMessages = {
  'user.password_changed': 'user',
  'user.sessions_revoked': 'user',
  'user.deactivated': 'user',
  'user.erased': 'tenant',
};
