import { declareEvents, type DomainEvent, type StreamId } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';

/** What this service has learnt of a user from the users service. Fields are added as optional, never renamed, never removed. */
export type KnownUserEvent =
  | DomainEvent<'UserBecameKnown', { userId: UserId; at: string }>
  | DomainEvent<'KnownUserWasDeactivated', { userId: UserId; at: string }>;

/** Where it is kept what this service knows of a user. */
export const knownUserStream = (id: UserId): StreamId => `known_user-${id}`;

/** The forms in which these events are stored. */
export const knownUserEvents = declareEvents<KnownUserEvent>({
  UserBecameKnown: {},
  KnownUserWasDeactivated: {},
});
