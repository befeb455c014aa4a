import { defineErrors, type TenantId } from '@saas/kernel';
import type { DomainEvent } from './decider.ts';
import type { EventMetadata, RecordedEvent, StreamId } from './recorded-event.ts';

/** A stream and how many events it holds. */
export type StreamVersion = { readonly stream: StreamId; readonly version: number };

/** What others get to hear of an event; see `announce` in the command handler. */
export type Announcement = {
  /** Topic exchange: `user_events`, `project_events`, `notification_events`. */
  readonly topic: string;
  /** `project.created`: aggregate and what happened, in the past tense. */
  readonly routingKey: string;
  readonly body: unknown;
  /** Of the body's form, from 1, which it is unless said otherwise. A form that is read differently has another one. */
  readonly schemaVersion?: number;
};

/** An announcement on its way to the broker. Consumers deduplicate on `id`. */
export type OutboxMessage = Omit<Announcement, 'schemaVersion'> & {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly stream: StreamId;
  /** Position among the stream's announcements, from 1, without gaps. */
  readonly sequence: number;
  readonly headers: Readonly<Record<string, string | number>>;
};

/**
 * A caller's promise that this key always means this request. Remembered for 24 hours.
 *
 * @property scope whose key it is; the same key of another scope is another claim.
 * @property requestHash keyed hash of the whole request without the key; it reveals nothing of the request.
 */
export type Claim = { readonly scope: string; readonly key: string; readonly requestHash: string };

/** The mark that a message was consumed; kept with what it caused. */
export type Receipt = {
  readonly consumer: string;
  readonly messageId: string;
  readonly stream: StreamId;
  readonly sequence: number;
};

export type StreamAppend = {
  readonly stream: StreamId;
  readonly expectedVersion: number;
  /** None: the stream only has to be at its version, as with `dependsOn`. */
  readonly events: readonly DomainEvent[];
  /** Announcements of these events, in order. */
  readonly announcements?: readonly Announcement[];
  /** The state after these events, when it is time to keep it; see {@link Snapshot}. */
  readonly snapshot?: { readonly schemaVersion: number; readonly state: unknown };
};

export type Append = {
  readonly tenantId: TenantId;
  readonly metadata: EventMetadata;
  /** At most {@link STREAMS_MAX}, each stream once. */
  readonly streams: readonly StreamAppend[];
  /**
   * Streams that must not move either: they are at these versions when the append commits. One that does not exist yet
   * (version 0) is looked at but cannot be held: its creation may commit at the same moment.
   */
  readonly dependsOn?: readonly StreamVersion[];
  readonly claim?: Claim;
  /** Of messages consumed by this append; those of one stream follow one right after the other, in order. */
  readonly receipts?: readonly Receipt[];
  /** When nobody waits any longer, on `performance.now()`'s clock: what is not stored then is given up, whole. */
  readonly endsAtMs?: number | undefined;
};

/** How much one append may hold, so that a transaction stays short. */
export const STREAMS_MAX = 200;

/** State kept so that a long stream need not be read from its start. Another `schemaVersion` than asked for is ignored. */
export type Snapshot = { readonly version: number; readonly schemaVersion: number; readonly state: unknown };

export type StreamSlice<Event extends DomainEvent> = {
  readonly snapshot?: Snapshot;
  /** What follows the snapshot (or everything), oldest first. */
  readonly events: readonly RecordedEvent<Event>[];
  /** The version of the last event, or of the snapshot when nothing follows it; 0 for an unknown stream. */
  readonly version: number;
};

/** Opaque; hand it to a read that must see this append. Undefined when every read sees it anyway. */
export type ConsistencyToken = string;

export type Appended = { readonly streams: readonly StreamVersion[]; readonly token?: ConsistencyToken };

export const eventStoreErrors = defineErrors({
  VERSION_CONFLICT: {
    audience: 'client',
    retryable: true,
    message: 'Someone else changed this at the same moment. Read it again, then retry.',
  },
  VERSION_STALE: {
    audience: 'client',
    retryable: false,
    message: 'This is not the current version. Read it again and decide anew.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    audience: 'client',
    retryable: false,
    message: 'This idempotency key was used for a different request.',
  },
  MESSAGE_ALREADY_RECEIVED: {
    audience: 'operator',
    retryable: false,
    message: 'This message was consumed before; it changes nothing now.',
  },
  MESSAGE_EARLY: {
    audience: 'operator',
    retryable: true,
    message: 'A message overtook the one before it; it will be delivered again.',
  },
});

type ReadOptions = {
  readonly snapshots?: number;
  readonly upTo?: readonly number[];
  readonly endsAtMs?: number | undefined;
};

/**
 * Remembers what happened, stream by stream, tenant by tenant.
 *
 * Every adapter must pass `describeEventStoreContract`; the promises below are what it checks.
 */
export type EventStore = {
  /**
   * Events of each stream, oldest first, as of the newest committed state. A stream of another tenant is empty.
   *
   * @param options.snapshots the schema version of snapshots that the reader understands; without it none is used.
   * @param options.upTo read each stream no further than this version.
   * @param options.endsAtMs when nobody waits any longer, on `performance.now()`'s clock.
   * @returns one slice per stream asked for, in that order.
   */
  read<Event extends DomainEvent>(
    tenantId: TenantId,
    streams: readonly StreamId[],
    options?: ReadOptions,
  ): Promise<readonly StreamSlice<Event>[]>;

  /**
   * One stream by pages, for histories that are too long to be held at once: the events after version `after` (0: from the
   * start), oldest first, as of the newest committed state; fewer than `limit` only when there are no more just now.
   *
   * @throws {RangeError} unless `limit` is 1 to 10,000; see `EVENTS_PER_PAGE_MAX`.
   */
  readPage<Event extends DomainEvent>(
    tenantId: TenantId,
    stream: StreamId,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly RecordedEvent<Event>[]>;

  /**
   * The versions its streams reached when `claim` was first honoured, or undefined if it never was.
   *
   * @throws {AppError} `IDEMPOTENCY_KEY_REUSED` when the key came with another request then.
   */
  honoured(tenantId: TenantId, claim: Claim): Promise<readonly StreamVersion[] | undefined>;

  /**
   * Stores the events, the read models that are kept with them, their announcements, the claim and the receipts
   * together in one transaction on one shard, or none of them.
   *
   * @throws {AppError} `VERSION_CONFLICT` when a stream is not at its version, or a rival has just honoured the
   *   same claim. Nothing was stored; read again.
   * @throws {AppError} a retryable one when it took longer than until `endsAtMs`.
   * @throws {AppError} `MESSAGE_ALREADY_RECEIVED` or `MESSAGE_EARLY` by a receipt: a consumer takes every stream's
   *   messages once and in order.
   */
  append(append: Append): Promise<Appended>;
};
