import type { EventId, TenantId } from '@saas/kernel';
import type { DomainEvent } from './decider.ts';

/** `<aggregate>-<id>`, for example `project-prj_01…`. */
export type StreamId = `${string}-${string}`;

/** Who caused an event and in the course of what. Part of the permanent record; personal data has no place in it. */
export type EventMetadata = {
  /** A user's id, or the name of the part of the system that acted (`demo`, `notifications`). */
  readonly actor: string;
  readonly requestId: string;
  /** The id of the message or event that led to this one, when one did. */
  readonly causationId?: string;
  /**
   * The id of the request that began it all, in whatever service; the same for everything that followed from it. The store
   * puts the request's own id where none is given; what was recorded before there was one has none.
   */
  readonly correlationId?: string;
  /** The trace of the request that led to it, when it came with one; as in a W3C `traceparent` header. */
  readonly traceparent?: string;
};

/** An event as it stands in the store. */
export type RecordedEvent<Event extends DomainEvent = DomainEvent> = Event & {
  readonly id: EventId;
  readonly stream: StreamId;
  /** Position in its stream, from 1, without gaps. */
  readonly version: number;
  readonly tenantId: TenantId;
  readonly metadata: EventMetadata;
  /** ISO-8601, UTC, by the clock of the process that appended it. */
  readonly recordedAt: string;
};
