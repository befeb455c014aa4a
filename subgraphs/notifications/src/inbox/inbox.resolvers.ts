import { payload } from '@saas/subgraph';
import type { ChangeInput, NotificationsContext } from '../notifications.context.ts';
import type { InboxCommand } from './inbox.decider.ts';
import { inboxStream } from './inbox.values.ts';

type MarkAllInput = ChangeInput & { readonly upTo?: string | null };

export const inboxResolvers = {
  Mutation: {
    markAllNotificationsRead: (
      _: unknown,
      { input }: { input: MarkAllInput },
      context: NotificationsContext,
    ) =>
      payload(async () => {
        const { state, version } = await context.change({
          handle: context.handleInbox,
          operation: 'markAllNotificationsRead',
          input,
          stream: ({ userId }) => inboxStream(userId),
          command: (by, at): InboxCommand => ({
            type: 'MarkAllNotificationsRead',
            upTo: input.upTo ?? at,
            by,
            at,
          }),
        });
        return { inbox: { readUpTo: state.readUpTo, updatedAt: state.readAt, version } };
      }),
  },

  Inbox: {
    unreadCount: async (_: unknown, __: unknown, context: NotificationsContext) =>
      (await context.inbox()).unreadCount,
  },
};
