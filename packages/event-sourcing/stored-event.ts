import { bucketOfId, newId, type Clock } from '@saas/kernel';
import type { DomainEvent } from './decider.ts';
import type { EncodedEvent, EventCodec } from './event-codec.ts';
import type { LoggedEvent } from './event-log.port.ts';
import type { Append } from './event-store.port.ts';
import type { EventMetadata, RecordedEvent } from './recorded-event.ts';

/** An event as a store keeps it. */
export type StoredEvent = EncodedEvent & Pick<RecordedEvent, 'id' | 'version' | 'metadata' | 'recordedAt'>;

/** The events of an append as they will stand in the store, if it wins. */
export const recordedEvents = (
  { tenantId, metadata, streams }: Append,
  clock: Clock,
): readonly RecordedEvent[] => {
  const bucket = bucketOfId(tenantId);
  const recordedAt = clock.now().toISOString();
  const known = { ...metadata, correlationId: correlationOf(metadata) };
  return streams.flatMap(({ stream, expectedVersion, events }) =>
    events.map((event, index) => ({
      ...event,
      id: newId('evt', bucket, clock),
      stream,
      version: expectedVersion + index + 1,
      tenantId,
      metadata: known,
      recordedAt,
    })),
  );
};

/** The id of the request that began it all: this one, unless it followed from another. */
export const correlationOf = ({ correlationId, requestId }: EventMetadata): string =>
  correlationId ?? requestId;

/** Recorded events in the form that is kept. */
export const encodeRecorded = async (
  codec: EventCodec,
  recorded: readonly RecordedEvent[],
): Promise<readonly StoredEvent[]> => {
  const encoded = await codec.encode(recorded);
  return recorded.map(({ id, version, metadata, recordedAt }, index) => ({
    ...oneFor(encoded, index),
    id,
    version,
    metadata,
    recordedAt,
  }));
};

/** Kept events in today's form. */
export const decodeStored = async <Event extends DomainEvent>(
  codec: EventCodec,
  stored: readonly StoredEvent[],
): Promise<readonly RecordedEvent<Event>[]> => {
  const decoded = await codec.decode(stored);
  return stored.map(
    ({ id, version, metadata, recordedAt }, index) =>
      ({ ...oneFor(decoded, index), id, version, metadata, recordedAt }) as unknown as RecordedEvent<Event>,
  );
};

/** {@link decodeStored} for events that know their place in the log. */
export const decodeLogged = async (
  codec: EventCodec,
  stored: readonly (StoredEvent & Pick<LoggedEvent, 'position'>)[],
): Promise<readonly LoggedEvent[]> => {
  const events = await decodeStored(codec, stored);
  return stored.map(({ position }, index) => ({ ...oneFor(events, index), position }));
};

const oneFor = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index];
  if (item === undefined) throw new Error('A codec answered for fewer events than it was asked.');
  return item;
};
