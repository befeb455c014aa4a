import { declareEvents, type DomainEvent, type StreamId } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';

/** What is kept of a person as such. Fields are added as optional, never renamed, never removed. */
export type RecipientEvent = DomainEvent<
  'RecipientWasErased',
  { readonly userId: UserId; readonly at: string }
>;

/** The forms in which these events are stored. */
export const recipientEvents = declareEvents<RecipientEvent>({ RecipientWasErased: {} });

/** The stream of a person as a recipient. */
export const recipientStream = (userId: UserId): StreamId => `recipient-${userId}`;
