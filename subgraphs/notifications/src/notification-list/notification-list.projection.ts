import type { RecordedEvent } from '@saas/event-sourcing';
import type { ReadModel } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-notifications';
import type { InboxEvent } from '../inbox/inbox.events.ts';
import { isInInbox, type NotificationEvent } from '../notification/notification.events.ts';
import { notificationIdOf } from '../notification/notification.values.ts';
import {
  countUnreadAfter,
  loadNotifications,
  lockInboxes,
  saveInboxes,
  saveNotifications,
  type InboxRow,
  type NotificationRow,
} from './notification-rows.projection.ts';
import { erasedRecipients } from '../recipient/erased-recipients.projection.ts';
import { countAfter } from './unread-tally.values.ts';

type OurEvent = RecordedEvent<NotificationEvent | InboxEvent>;
type Tx = Prisma.TransactionClient;

/**
 * Keeps notifications and the inboxes they lie in, with an exact count of the unread ones.
 *
 * The inboxes concerned are locked first and in order, so whatever changes an inbox happens one after the other, and
 * the count moves by exactly what each change makes of a notification.
 */
export const notificationListProjection: ReadModel<Tx> = {
  name: 'notification-list-1',
  tables: ['notifications', 'inboxes'],
  // Whoever reads all has the unread ones counted.
  needsIndexes: true,
  apply: async (events, tx) => {
    await keepList(events.filter(isOurs), tx);
    for (const { tenantId, userId } of erasedRecipients(events)) {
      await tx.notification.deleteMany({ where: { tenantId, recipientId: userId } });
      await tx.inbox.deleteMany({ where: { tenantId, userId } });
    }
  },
};

const keepList = async (ours: readonly OurEvent[], tx: Tx): Promise<void> => {
  if (ours.length === 0) return;
  const inboxes = await lockInboxes(tx, new Map(ours.map((event) => [ownerOf(event), event.tenantId])));
  const changed = ours.filter(({ type }) => isChange(type));
  const rows = await loadNotifications(
    tx,
    new Map(changed.map(({ stream, tenantId }) => [notificationIdOf(stream), tenantId])),
  );

  const touched = new Set<string>();
  const save = async () => {
    await saveNotifications(
      tx,
      [...touched].flatMap((id) => rows.get(id) ?? []),
    );
    touched.clear();
  };
  for (const event of ours) {
    const inbox = of(inboxes, ownerOf(event));
    if (event.type === 'InboxWasReadUpTo') {
      // Counted by the database, which therefore has to know what went before.
      await save();
      inboxes.set(inbox.userId, await readUpTo(tx, inbox, event));
      continue;
    }
    const id = notificationIdOf(event.stream);
    const before = rows.get(id);
    const after = changedRow(before, event);
    rows.set(id, after);
    touched.add(id);
    inboxes.set(inbox.userId, { ...inbox, unreadCount: countAfter(inbox, before, after) });
  }
  await save();
  await saveInboxes(tx, [...inboxes.values()]);
};

/** What never lay in an inbox is not listed, and not counted. */
const isOurs = (event: RecordedEvent): event is OurEvent =>
  event.type === 'NotificationWasCreated'
    ? isInInbox(event.data)
    : event.type === 'InboxWasReadUpTo' || isChange(event.type);

const isChange = (type: string): boolean =>
  type === 'NotificationWasRead' || type === 'NotificationWasArchived';

/** In whose inbox it happened; only the recipient changes a notification. */
const ownerOf = ({ type, data }: OurEvent): string =>
  type === 'NotificationWasCreated' ? data.recipientId : data.by;

const of = <Value>(rows: ReadonlyMap<string, Value>, id: string): Value => {
  const row = rows.get(id);
  if (row === undefined) throw new Error(`The read model lacks ${id}.`);
  return row;
};

const readUpTo = async (
  tx: Tx,
  inbox: InboxRow,
  { data: { upTo, at }, version }: RecordedEvent<InboxEvent>,
): Promise<InboxRow> => {
  const unreadCount = await countUnreadAfter(tx, inbox, upTo);
  return { ...inbox, unreadCount, readUpTo: upTo, readAt: at, version };
};

const changedRow = (
  before: NotificationRow | undefined,
  event: RecordedEvent<NotificationEvent>,
): NotificationRow => {
  const { version, tenantId, stream } = event;
  if (event.type === 'NotificationWasCreated') {
    const { recipientId, kind, actorId, subject, data, at } = event.data;
    return {
      notificationId: notificationIdOf(stream),
      tenantId,
      recipientId,
      kind,
      actorId,
      subjectType: subject.type,
      subjectId: subject.id,
      data,
      version,
      createdAt: at,
      updatedAt: at,
      readAt: null,
      archivedAt: null,
    };
  }
  if (!before) throw new Error(`The read model lacks ${notificationIdOf(stream)}.`);
  const { at } = event.data;
  return event.type === 'NotificationWasRead'
    ? { ...before, version, updatedAt: at, readAt: at }
    : { ...before, version, updatedAt: at, readAt: before.readAt ?? at, archivedAt: at };
};
