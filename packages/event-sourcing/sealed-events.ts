import type { EncodedEvent, EventCodec, PlacedEvent } from './event-codec.ts';
import type { EventSchemas } from './event-schemas.ts';
import { isErased, isSealed, seal, unseal, type SealedValue } from './sealed-value.ts';
import type { KeptKey, SubjectKey, SubjectKeys } from './subject-keys.port.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Where nobody has said what to read in place of a value that is gone. */
const ERASED = 'erased';

/**
 * Seals the personal data of events under a key for each person, and opens it again; the stored form says by itself what is
 * sealed. Events that were written before there were keys stay readable. Once a person's key is destroyed, their events read
 * with the stand-ins that are declared, everything else in them as it was: replaying them goes on working.
 */
export const sealedEvents = (inner: EventCodec, schemas: EventSchemas, keys: SubjectKeys): EventCodec => ({
  encode: async (events) => {
    const encoded = await inner.encode(events);
    const subjects = events.map((event) => subjectOf(schemas, event));
    const found = await keysFor(keys, events, subjects);
    return encoded.map((event, index) => {
      const key = found.get(keyName(event, subjects[index] ?? ''));
      return key ? sealedEvent(event, schemas, key) : event;
    });
  },

  decode: async (events) => {
    const names = events.flatMap(({ tenantId, data }) =>
      sealedValues(data).map(({ key: keyId }) => ({ tenantId, keyId })),
    );
    const found = names.length === 0 ? new Map<string, KeptKey>() : await keys.find(names);
    return inner.decode(events.map((event) => openedEvent(event, schemas, found)));
  },
});

const subjectOf = (schemas: EventSchemas, { type, stream, data }: PlacedEvent): string | undefined =>
  schemas.get(type)?.personal?.subjectOf({ stream, data });

const keysFor = async (
  keys: SubjectKeys,
  events: readonly PlacedEvent[],
  subjects: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, SubjectKey>> => {
  const wanted = new Map<PlacedEvent['tenantId'], Set<string>>();
  for (const [index, { tenantId }] of events.entries()) {
    const subject = subjects[index];
    if (subject === undefined) continue;
    wanted.set(tenantId, (wanted.get(tenantId) ?? new Set()).add(subject));
  }
  const found = await Promise.all(
    [...wanted].map(async ([tenantId, names]) => {
      const ofTenant = await keys.forSubjects(tenantId, [...names]);
      return [...ofTenant].map(([subject, key]) => [keyName({ tenantId }, subject), key] as const);
    }),
  );
  return new Map(found.flat());
};

const keyName = ({ tenantId }: Pick<PlacedEvent, 'tenantId'>, subject: string): string =>
  `${tenantId}/${subject}`;

const sealedEvent = (event: EncodedEvent, schemas: EventSchemas, key: SubjectKey): EncodedEvent => {
  const personal = Object.keys(schemas.get(event.type)?.personal?.standIns ?? {});
  const data = mapped(event.data as Fields, (value, field) =>
    personal.includes(field) && value !== null && value !== undefined
      ? seal(value, key, placeOf(event, field))
      : value,
  );
  return { ...event, data };
};

const openedEvent = (
  event: EncodedEvent,
  schemas: EventSchemas,
  keys: ReadonlyMap<string, KeptKey>,
): EncodedEvent => {
  const standIns: Fields = schemas.get(event.type)?.personal?.standIns ?? {};
  const standIn = (field: string): unknown => (field in standIns ? standIns[field] : ERASED);
  const data = mapped(event.data as Fields, (value, field) => {
    if (isErased(value)) return standIn(field);
    if (!isSealed(value)) return value;
    const kept = keys.get(value.key);
    return kept?.status === 'live' ? unseal(value, kept.secret, placeOf(event, field)) : standIn(field);
  });
  return { ...event, data };
};

const sealedValues = (data: unknown): readonly SealedValue[] =>
  typeof data === 'object' && data !== null ? Object.values(data).filter(isSealed) : [];

/** What is sealed opens only in the field, event type and stream that it was sealed for. */
const placeOf = ({ tenantId, stream, type }: EncodedEvent, field: string): readonly string[] => [
  tenantId,
  stream,
  type,
  field,
];

const mapped = (data: Fields, change: (value: unknown, field: string) => unknown): Fields =>
  Object.fromEntries(Object.entries(data).map(([field, value]) => [field, change(value, field)]));
