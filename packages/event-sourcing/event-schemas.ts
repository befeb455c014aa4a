import type { DomainEvent } from './decider.ts';
import type { StreamId } from './recorded-event.ts';

/** Turns the data of one schema version into the next one's. Pure, and kept for ever: old events are never rewritten. */
// `never`: the old forms have no types any more; each upcaster names the one it takes.
export type Upcaster<To = unknown> = (data: never) => To;

/** Which data of an event is about a person, and about whom. */
export type PersonalData<Data = unknown> = {
  /** The personal fields at the top of `data`, of today's form, and what is read in place of each once its key is destroyed. */
  readonly standIns: { readonly [Field in keyof Data & string]?: Data[Field] };
  /** Names the person, by an id or an address; the same name has the same key. */
  readonly subjectOf: (event: { readonly stream: StreamId; readonly data: Data }) => string;
};

/** What is declared of one event type. */
export type EventSchema<Data = unknown> = {
  /** From version 1 to 2, from 2 to 3, …; the newest version is one more than there are. None: there is only version 1. */
  readonly upcasters?: readonly Upcaster[];
  readonly personal?: PersonalData<Data>;
};

/** Everything that is declared of a service's events, by type. */
export type EventSchemas = ReadonlyMap<string, DeclaredEvent>;

type DeclaredEvent = {
  readonly upcasters: readonly ((data: DomainEvent['data']) => DomainEvent['data'])[];
  readonly personal?: PersonalData<Readonly<Record<string, unknown>>>;
};

/**
 * Declares every type of one union of events: a type that is missing does not compile. A change of form is a new upcaster at the
 * end of its type's list, and a stored example of the old form beside it.
 */
export const declareEvents = <Event extends DomainEvent>(declared: {
  readonly [Type in Event['type']]: EventSchema<Extract<Event, { readonly type: Type }>['data']>;
}): EventSchemas =>
  new Map(
    // The types of the forms end here: rows know a type by its name alone.
    Object.entries(declared as unknown as Readonly<Record<string, Partial<DeclaredEvent>>>).map(
      ([type, { upcasters = [], personal }]) => [type, { upcasters, ...(personal && { personal }) }],
    ),
  );

/**
 * The declarations of several unions as one, for a service's codec.
 *
 * @throws {Error} when a type is declared twice: rows know a type by its name alone.
 */
export const allEvents = (...parts: readonly EventSchemas[]): EventSchemas => {
  const types = parts.flatMap((part) => [...part.keys()]);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice !== undefined) throw new Error(`The event type ${twice} is declared twice.`);
  return new Map(parts.flatMap((part) => [...part]));
};
