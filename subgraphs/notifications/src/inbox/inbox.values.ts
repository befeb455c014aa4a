import type { StreamId } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';

/** The stream of a person's inbox. */
export const inboxStream = (userId: UserId): StreamId => `inbox-${userId}`;
