import type { Announcement } from '@saas/event-sourcing';
import type { InvitationEvent } from './invitation.events.ts';

/** What others hear of an invitation: that there is one. Its acceptance is heard as `user.created`. */
export const announceInvitation = ({ type, data }: InvitationEvent): readonly Announcement[] => {
  if (type !== 'InvitationWasIssued') return [];
  const { invitationId, invitedBy, at } = data;
  return [{ topic: 'user_events', routingKey: 'user.invited', body: { invitationId, invitedBy, at } }];
};
