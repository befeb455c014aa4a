import type { RecordedEvent } from './recorded-event.ts';

/** An event and its place among all events of its shard. Positions rise from 1, with gaps. */
export type LoggedEvent = RecordedEvent & { readonly position: number };

/** What to read of a shard's log. */
export type LogPage = {
  /** Only what follows this position; 0 is before everything. */
  readonly after: number;
  /** Nothing beyond this position: a {@link EventLog.fence}. */
  readonly upTo: number;
  /** 1 to {@link EVENTS_PER_PAGE_MAX} events. */
  readonly limit: number;
};

/** How much one page may hold, so that a read stays short and its answer fits in memory. */
export const EVENTS_PER_PAGE_MAX = 10_000;

/**
 * Everything that was ever stored, of all tenants, shard by shard, for rebuilding and for following.
 *
 * Its order agrees with commits: a transaction that was committed before another one began lies before it, and a
 * stream's events lie in order of their versions. Whoever reads page by page up to a fence, keeps the last position and goes on
 * from there to a later fence, meets every event exactly once, however long transactions take and in whatever order they end.
 */
export type EventLog = {
  shards(): readonly string[];

  /**
   * A position that is final: every event committed before this call lies at or below it, and no event will appear at or
   * below it afterwards. Waits for the appends that are in hand just now, and for no others; keeps no append waiting.
   *
   * @throws {AppError} `EVENT_LOG_BUSY` when such an append takes longer than any may.
   */
  fence(shard: string): Promise<number>;

  /** The next events in order of their positions; fewer than `limit` only when there are no more up to `upTo`. */
  readAll(shard: string, page: LogPage): Promise<readonly LoggedEvent[]>;
};

/** @throws {RangeError} for a page that is none, or too long. */
export const checkPage = ({ after, limit }: { readonly after: number; readonly limit: number }): void => {
  if (!Number.isSafeInteger(after) || after < 0) throw new RangeError(`There is nothing after ${after}.`);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > EVENTS_PER_PAGE_MAX)
    throw new RangeError(`A page has 1 to ${EVENTS_PER_PAGE_MAX} events, not ${limit}.`);
};
