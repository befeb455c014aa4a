/** Times are ISO-8601 in UTC with milliseconds, so that their order as text is their order in time. */
export type Tally = {
  readonly unreadCount: number;
  /** Everything created up to then counts as read. */
  readonly readUpTo: string | null;
};
export type Readable = { readonly createdAt: string; readonly readAt: string | null };

/** Whether a notification counts as unread in an inbox that was read up to some moment. */
export const isUnread = ({ createdAt, readAt }: Readable, { readUpTo }: Pick<Tally, 'readUpTo'>): boolean =>
  readAt === null && (readUpTo === null || createdAt > readUpTo);

/** The count after a notification changed from `before` (undefined: it was not there) to `after`. */
export const countAfter = (tally: Tally, before: Readable | undefined, after: Readable): number => {
  const wasUnread = before !== undefined && isUnread(before, tally);
  return tally.unreadCount + Number(isUnread(after, tally)) - Number(wasUnread);
};
