import type { NotificationId, ProjectId, TaskId, TenantId, UserId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-notifications';
import type { NotificationContent, NotificationKind } from '../notification/notification.values.ts';

type Tx = Prisma.TransactionClient;

/** A notification as its recipient sees it. `readAt` counts what was read together with all others. */
export type NotificationView = NotificationContent & {
  readonly id: NotificationId;
  readonly recipientId: UserId;
  readonly actorId: UserId | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly readAt: Date | null;
  readonly archivedAt: Date | null;
  readonly version: number;
};

/** An inbox as its owner sees it; one that nothing ever happened in is empty, at version 0. */
export type InboxView = {
  readonly unreadCount: number;
  readonly readUpTo: Date | null;
  readonly readAt: Date | null;
  readonly version: number;
};

export type NotificationPageArgs = {
  readonly recipientId: UserId;
  /** How many rows at most. */
  readonly limit: number;
  /** Only what is older than this notification. */
  readonly after?: NotificationId | undefined;
  readonly unreadOnly?: boolean;
  readonly kinds?: readonly NotificationKind[] | undefined;
  readonly includeArchived?: boolean;
};

/** One person's notifications, the newest first. */
export const notificationPage = async (
  tx: Tx,
  tenantId: TenantId,
  { recipientId, limit, after, unreadOnly = false, kinds, includeArchived = false }: NotificationPageArgs,
): Promise<readonly NotificationView[]> => {
  const inbox = await inboxOf(tx, tenantId, recipientId);
  const isUnread = { readAt: null, ...(inbox.readUpTo && { createdAt: { gt: inbox.readUpTo } }) };
  const rows = await tx.notification.findMany({
    where: {
      tenantId,
      recipientId,
      ...(after !== undefined && { notificationId: { lt: after } }),
      ...(kinds && { kind: { in: [...kinds] } }),
      ...(!includeArchived && { archivedAt: null }),
      ...(unreadOnly && isUnread),
    },
    orderBy: { notificationId: 'desc' },
    take: limit,
  });
  return rows.map((row) => viewOf(row, inbox));
};

/** One person's notifications by their ids, in the order asked; null where there is none or it is another's. */
export const notificationsByIds = async (
  tx: Tx,
  tenantId: TenantId,
  recipientId: UserId,
  ids: readonly NotificationId[],
): Promise<readonly (NotificationView | null)[]> => {
  const inbox = await inboxOf(tx, tenantId, recipientId);
  const rows = await tx.notification.findMany({
    where: { tenantId, recipientId, notificationId: { in: [...ids] } },
  });
  const byId = new Map(rows.map((row) => [row.notificationId, viewOf(row, inbox)]));
  return ids.map((id) => byId.get(id) ?? null);
};

/** One person's inbox. */
export const inboxOf = async (tx: Tx, tenantId: TenantId, userId: UserId): Promise<InboxView> => {
  const row = await tx.inbox.findUnique({ where: { tenantId, userId } });
  return row ?? { unreadCount: 0, readUpTo: null, readAt: null, version: 0 };
};

type Row = Prisma.NotificationGetPayload<object>;

/** A stored row as what it is; its columns were written from a {@link NotificationContent}. */
const viewOf = (row: Row, inbox: InboxView): NotificationView => {
  const isCovered = inbox.readUpTo !== null && row.createdAt <= inbox.readUpTo;
  const subject = { type: row.subjectType, id: row.subjectId as ProjectId | TaskId | UserId };
  return {
    ...({ kind: row.kind, subject, data: row.data } as NotificationContent),
    id: row.notificationId as NotificationId,
    recipientId: row.recipientId as UserId,
    actorId: row.actorId as UserId | null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    readAt: row.readAt ?? (isCovered ? inbox.readAt : null),
    archivedAt: row.archivedAt,
    version: row.version,
  };
};
