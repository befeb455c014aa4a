import { assertNever } from '@saas/kernel';
import type { Announcement, StreamId } from '@saas/event-sourcing';
import type { AccountEvent } from './account.events.ts';

/** What others hear of an account: ids and times, never a name, an address or a hash. */
export const announceAccount = (event: AccountEvent, stream: StreamId): readonly Announcement[] => {
  const { at } = event.data;
  const userId = stream.slice('account-'.length);
  const say = (what: string, more: object = {}): readonly Announcement[] => [
    { topic: 'user_events', routingKey: `user.${what}`, body: { userId, ...more, at } },
  ];
  switch (event.type) {
    case 'UserWasCreated':
      return say('created', { tenantId: event.data.tenantId, role: event.data.role });
    case 'UserProfileWasUpdated':
      return say('profile_updated');
    case 'UserEmailWasChanged':
      return say('email_changed');
    case 'UserPasswordWasChanged':
      return say('password_changed');
    case 'UserSessionsWereRevoked':
      return say('sessions_revoked');
    case 'UserWasDeactivated':
      return say('deactivated');
    case 'UserWasErased':
      return say('erased');
    case 'RegistrationWasAbandoned':
    case 'EmailChangeWasAbandoned':
      return [];
    default:
      return assertNever(event);
  }
};
