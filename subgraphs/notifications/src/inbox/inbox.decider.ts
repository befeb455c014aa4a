import type { Decider } from '@saas/event-sourcing';
import type { UserId } from '@saas/kernel';
import type { InboxEvent } from './inbox.events.ts';

/** `upTo` and `at` are ISO-8601 in UTC with milliseconds, so that their order as text is their order in time. */
export type InboxCommand = {
  readonly type: 'MarkAllNotificationsRead';
  readonly upTo: string;
  readonly by: UserId;
  readonly at: string;
};

/** `readAt` says when the inbox was read up to `readUpTo`. Both are null together. */
export type Inbox = { readonly readUpTo: string | null; readonly readAt: string | null };

/** Whose inbox it is follows from the stream; the viewer can name no other. */
export const inbox: Decider<Inbox, InboxCommand, InboxEvent> = {
  initialState: { readUpTo: null, readAt: null },
  evolve: (_, { data }) => ({ readUpTo: data.upTo, readAt: data.at }),
  decide: ({ upTo, by, at }, { readUpTo }) => {
    // What has not arrived yet cannot have been read, and what was read stays read.
    const moment = upTo > at ? at : upTo;
    const isAhead = readUpTo === null || moment > readUpTo;
    return isAhead ? [{ type: 'InboxWasReadUpTo', data: { upTo: moment, by, at } }] : [];
  },
};

/** When an inbox's state is kept, so that a long history need not be read; raise the version when its shape changes. */
export const inboxSnapshots = { schemaVersion: 1, every: 100 } as const;
