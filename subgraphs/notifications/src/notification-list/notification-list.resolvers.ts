import { isId, parseId, type NotificationId } from '@saas/kernel';
import { connectionOf, parsePage, subgraphErrors } from '@saas/subgraph';
import type { NotificationKind } from '../notification/notification.values.ts';
import type { NotificationsContext } from '../notifications.context.ts';

type PageArgs = { readonly first?: number | null; readonly after?: string | null };
type Filter = {
  readonly unreadOnly?: boolean | null;
  readonly kinds?: readonly NotificationKind[] | null;
  readonly includeArchived?: boolean | null;
};
type ListArgs = PageArgs & { readonly filter?: Filter | null };

export const notificationListResolvers = {
  Query: {
    notifications: (_: unknown, args: ListArgs, context: NotificationsContext) => pageOf(args, context),
    notification: (_: unknown, { id }: { id: string }, context: NotificationsContext) =>
      context.notificationById.load(parseId('ntf', id)),
    unreadNotificationCount: async (_: unknown, __: unknown, context: NotificationsContext) =>
      (await context.inbox()).unreadCount,
  },

  User: {
    /** Nothing is known here of a person but the inbox, which only its owner sees. */
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    notifications: (user: { id: string }, args: PageArgs, context: NotificationsContext) =>
      isViewer(user, context) ? pageOf(args, context) : null,
    unreadNotificationCount: async (user: { id: string }, _: unknown, context: NotificationsContext) =>
      isViewer(user, context) ? (await context.inbox()).unreadCount : null,
  },
};

const isViewer = ({ id }: { id: string }, { viewer }: NotificationsContext): boolean =>
  viewer.status === 'authenticated' && viewer.userId === id;

const pageOf = async ({ filter, ...args }: ListArgs, context: NotificationsContext) => {
  const page = parsePage(args);
  const rows = await context.notificationPage({
    limit: page.limit + 1,
    after: cursorId(page.after),
    unreadOnly: filter?.unreadOnly ?? false,
    kinds: filter?.kinds ? [...new Set(filter.kinds)] : undefined,
    includeArchived: filter?.includeArchived ?? false,
  });
  return connectionOf(rows, page, ({ id }) => id);
};

/** A cursor is the id of the last notification seen; ids sort by time. */
const cursorId = (after: string | undefined): NotificationId | undefined => {
  if (after === undefined || isId('ntf', after)) return after;
  throw subgraphErrors.CURSOR_MALFORMED({ field: 'after' });
};
