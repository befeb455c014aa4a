import { declareEvents, type DomainEvent } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';

/**
 * The permanent record of a person's inbox as a whole. Everything created up to `upTo` counts as read from then on,
 * which is one event whatever the size of the inbox.
 */
export type InboxEvent = DomainEvent<'InboxWasReadUpTo', { upTo: string; by: UserId; at: string }>;

/** The forms in which these events are stored. */
export const inboxEvents = declareEvents<InboxEvent>({
  InboxWasReadUpTo: {},
});
