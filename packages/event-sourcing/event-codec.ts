import { defineErrors, type TenantId } from '@saas/kernel';
import type { DomainEvent } from './decider.ts';
import type { EventSchemas } from './event-schemas.ts';
import type { StreamId } from './recorded-event.ts';

/** Where an event belongs; all that a codec may know besides the event. */
export type EventPlace = { readonly tenantId: TenantId; readonly stream: StreamId };

/** An event in today's form, on its way into a store or out of one. */
export type PlacedEvent = EventPlace & DomainEvent;

/** An event as a store's rows hold it: JSON of some schema version, perhaps an old one, perhaps sealed. */
export type EncodedEvent = EventPlace & {
  readonly type: string;
  /** The form of `data`, from 1. */
  readonly schemaVersion: number;
  readonly data: unknown;
};

/**
 * Turns events into what is stored, and everything that was ever stored into events of today's form.
 *
 * Both answer one for one, in the order asked, and never inside a transaction of the store: a codec may wait for
 * something else (a key). `encode` is asked before the transaction of an append begins; what it did stays done when the
 * append loses. An event must mean the same after both; deciders and projections see today's form alone.
 */
export type EventCodec = {
  /** @throws {AppError} `EVENT_TYPE_UNKNOWN` for an event that nobody has declared; nothing is stored. */
  encode(events: readonly PlacedEvent[]): Promise<readonly EncodedEvent[]>;

  /** @throws {AppError} `EVENT_TYPE_UNKNOWN` or `EVENT_VERSION_UNKNOWN`: a newer release wrote this event. */
  decode(events: readonly EncodedEvent[]): Promise<readonly PlacedEvent[]>;
};

export const eventCodecErrors = defineErrors({
  EVENT_TYPE_UNKNOWN: {
    audience: 'operator',
    retryable: false,
    message: 'No event of this type is declared in this release.',
  },
  EVENT_VERSION_UNKNOWN: {
    audience: 'operator',
    retryable: false,
    message: 'A stored event has a schema version that this release does not know.',
  },
});

/** The codec of a service: writes the newest form of the declared events, and lifts older ones to it on the way out. */
export const eventCodec = (schemas: EventSchemas): EventCodec => ({
  encode: async (events) =>
    events.map((event) => {
      const { tenantId, stream, type, data } = event;
      return { tenantId, stream, type, schemaVersion: versionOf(schemas, type), data };
    }),
  decode: async (events) => events.map((event) => lifted(schemas, event)),
});

/** Takes every event as it is, at version 1: for tests and benchmarks that make up events of their own. */
export const undeclaredEvents: EventCodec = {
  encode: async (events) =>
    events.map(({ tenantId, stream, type, data }) => ({ tenantId, stream, type, schemaVersion: 1, data })),
  decode: async (events) =>
    events.map(({ tenantId, stream, type, schemaVersion, data }) => {
      if (schemaVersion !== 1) throw eventCodecErrors.EVENT_VERSION_UNKNOWN({ type, schemaVersion });
      return { tenantId, stream, type, data: data as DomainEvent['data'] };
    }),
};

const versionOf = (schemas: EventSchemas, type: string): number => {
  const schema = schemas.get(type);
  if (!schema) throw eventCodecErrors.EVENT_TYPE_UNKNOWN({ type });
  return schema.upcasters.length + 1;
};

const lifted = (
  schemas: EventSchemas,
  { tenantId, stream, type, schemaVersion, data }: EncodedEvent,
): PlacedEvent => {
  const newest = versionOf(schemas, type);
  const isKnown = Number.isInteger(schemaVersion) && schemaVersion >= 1 && schemaVersion <= newest;
  if (!isKnown) throw eventCodecErrors.EVENT_VERSION_UNKNOWN({ type, schemaVersion, newest });
  const upcasters = schemas.get(type)?.upcasters.slice(schemaVersion - 1) ?? [];
  // Stored JSON gets its type back here, and nowhere else.
  let form = data as DomainEvent['data'];
  for (const upcast of upcasters) form = upcast(form);
  return { tenantId, stream, type, data: form };
};
