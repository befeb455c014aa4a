import type { TenantId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-notifications';
import type { NotificationData } from '../notification/notification.values.ts';
import type { Readable, Tally } from './unread-tally.values.ts';

type Tx = Prisma.TransactionClient;

/** A row of `inboxes`; times are ISO-8601 texts. */
export type InboxRow = Tally & {
  readonly userId: string;
  readonly tenantId: TenantId;
  readonly readAt: string | null;
  readonly version: number;
};

/** A row of `notifications`; times are ISO-8601 texts. */
export type NotificationRow = Readable & {
  readonly notificationId: string;
  readonly tenantId: TenantId;
  readonly recipientId: string;
  readonly kind: string;
  readonly actorId: string | null;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly data: NotificationData;
  readonly version: number;
  readonly updatedAt: string;
  readonly archivedAt: string | null;
};

/**
 * The inboxes of these users, made where there were none, and locked until the transaction ends; always in the same
 * order, so that two transactions never wait for each other.
 *
 * @param users the tenant of each user's id.
 */
export const lockInboxes = async (
  tx: Tx,
  users: ReadonlyMap<string, TenantId>,
): Promise<Map<string, InboxRow>> => {
  const ids = [...users.keys()].sort();
  const tenantIds = ids.map((id) => users.get(id) ?? '');
  // An update that changes nothing locks a row and gives its newest state, whether or not it was there before.
  const rows = await tx.$queryRaw<StoredInbox[]>`
    INSERT INTO inboxes (user_id, tenant_id)
    SELECT u.id, u.tenant_id FROM unnest(${ids}::text[], ${tenantIds}::text[]) WITH ORDINALITY AS u(id, tenant_id, place)
    ORDER BY u.place
    ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id
    RETURNING user_id, tenant_id, unread_count, read_up_to, read_at, version`;
  return new Map(
    rows.map((row) => [
      row.user_id,
      {
        userId: row.user_id,
        tenantId: row.tenant_id,
        unreadCount: row.unread_count,
        readUpTo: row.read_up_to?.toISOString() ?? null,
        readAt: row.read_at?.toISOString() ?? null,
        version: row.version,
      },
    ]),
  );
};

type StoredInbox = {
  readonly user_id: string;
  readonly tenant_id: TenantId;
  readonly unread_count: number;
  readonly read_up_to: Date | null;
  readonly read_at: Date | null;
  readonly version: number;
};

/**
 * The notifications by id, as they are in this transaction.
 *
 * @param notifications the tenant of each notification's id.
 */
export const loadNotifications = async (
  tx: Tx,
  notifications: ReadonlyMap<string, TenantId>,
): Promise<Map<string, NotificationRow>> => {
  if (notifications.size === 0) return new Map();
  const tenantId = { in: [...new Set(notifications.values())] };
  const notificationId = { in: [...notifications.keys()] };
  const rows = await tx.notification.findMany({ where: { tenantId, notificationId } });
  return new Map(
    rows.map((row) => [
      row.notificationId,
      {
        ...row,
        tenantId: row.tenantId as TenantId,
        data: row.data as NotificationData,
        createdAt: row.createdAt.toISOString(),
        updatedAt: row.updatedAt.toISOString(),
        readAt: row.readAt?.toISOString() ?? null,
        archivedAt: row.archivedAt?.toISOString() ?? null,
      },
    ]),
  );
};

/** How many of the inbox's notifications are unread and newer than `moment`, as they are in this transaction. */
export const countUnreadAfter = (tx: Tx, { tenantId, userId }: InboxRow, moment: string): Promise<number> =>
  tx.notification.count({
    where: { tenantId, recipientId: userId, readAt: null, createdAt: { gt: moment } },
  });

/** Writes new and changed notifications by one statement. */
export const saveNotifications = async (tx: Tx, rows: readonly NotificationRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO notifications (notification_id, tenant_id, recipient_id, kind, actor_id, subject_type, subject_id,
      data, version, created_at, updated_at, read_at, archived_at)
    SELECT r."notificationId", r."tenantId", r."recipientId", r.kind, r."actorId", r."subjectType", r."subjectId",
      r.data, r.version, r."createdAt", r."updatedAt", r."readAt", r."archivedAt"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("notificationId" text, "tenantId" text,
      "recipientId" text, kind text, "actorId" text, "subjectType" text, "subjectId" text, data jsonb, version int,
      "createdAt" timestamptz, "updatedAt" timestamptz, "readAt" timestamptz, "archivedAt" timestamptz)
    ON CONFLICT (notification_id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at,
      read_at = excluded.read_at, archived_at = excluded.archived_at`;
};

/** Writes the inboxes, which {@link lockInboxes} has made, by one statement. */
export const saveInboxes = async (tx: Tx, rows: readonly InboxRow[]): Promise<void> => {
  await tx.$executeRaw`
    UPDATE inboxes i SET unread_count = r."unreadCount", read_up_to = r."readUpTo", read_at = r."readAt",
      version = r.version
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("userId" text, "tenantId" text, "unreadCount" int,
      "readUpTo" timestamptz, "readAt" timestamptz, version int)
    WHERE i.user_id = r."userId" AND i.tenant_id = r."tenantId"`;
};
