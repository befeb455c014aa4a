import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { newTenantId, systemClock } from '@saas/kernel';
import type { DomainEvent } from '../decider.ts';
import { eventCodec } from '../event-codec.ts';
import type { EventSchemas } from '../event-schemas.ts';

/** What a file of examples holds; its name is the event's type and version: `ProjectWasCreated.1.json`. */
type Example = {
  /** The names of the examples that come before it in the history of one aggregate. */
  readonly after: readonly string[];
  /** The data as that version stored it. Never to be changed: rows like it exist. */
  readonly written: DomainEvent['data'];
  /** What that means in today's form. */
  readonly today: DomainEvent['data'];
};

/** A decider of any aggregate; what it takes is the business of its examples. */
export type AnyDecider = {
  readonly initialState: unknown;
  readonly evolve: (state: never, event: never) => unknown;
};

type Aggregate = {
  readonly name: string;
  readonly schemas: EventSchemas;
  /** The decider that the events are the history of. */
  readonly decider: AnyDecider;
  /** When its states are kept: what they look like is stored as `<name>.<schemaVersion>.state.json`. */
  readonly snapshots?: { readonly schemaVersion: number };
};

type Options = {
  readonly service: string;
  /** Where the service's examples lie. */
  readonly folder: URL;
  readonly aggregates: readonly Aggregate[];
};

/**
 * Holds a service to everything it ever stored: each version of each event type has a stored example, which is understood as
 * it was meant, and which its decider can still be led by.
 */
export const describeStoredExamples = ({ service, folder, aggregates }: Options) =>
  describe(`everything that ${service} ever stored`, () => {
    const files = readdirSync(folder).toSorted();
    const names = files.filter((file) => !file.endsWith('.state.json')).map((file) => file.slice(0, -5));
    const examples: Examples = new Map(
      names.map((name) => [name, readJson(new URL(`${name}.json`, folder)) as Example]),
    );
    const cases = aggregates.flatMap(({ schemas, decider }) =>
      exampleNames(schemas).map((name) => ({ name, schemas, decider })),
    );

    it('has an example of each version of each type, and no other', () => {
      expect(names).toEqual(cases.map(({ name }) => name).toSorted());
    });

    it.each(cases)('is understood as it was meant: $name', async ({ name, schemas }) => {
      expect(await decoded(schemas, name, examples)).toEqual(examples.get(name)?.today);
    });

    it.each(cases)('still leads to a whole state: $name', async ({ name, schemas, decider }) => {
      const state = await stateAfter(name, { schemas, decider }, examples);
      // A field that an old form lacks would be undefined, and lost in a snapshot.
      expect(state).toStrictEqual(JSON.parse(JSON.stringify(state)));
    });

    it.each(aggregates.flatMap((each) => (each.snapshots ? [{ ...each, ...each.snapshots }] : [])))(
      'leads to the states that snapshots $schemaVersion of $name hold: otherwise raise their schema version',
      async ({ name, schemaVersion, schemas, decider }) => {
        const states: Record<string, unknown> = {};
        for (const example of exampleNames(schemas))
          states[example] = await stateAfter(example, { schemas, decider }, examples);
        const file = `${name}.${schemaVersion}.state.json`;
        // Without the file, the complaint shows what it has to hold.
        expect(states).toEqual(files.includes(file) ? readJson(new URL(file, folder)) : `What ${file} holds`);
      },
    );
  });

type Examples = ReadonlyMap<string, Example>;

const readJson = (file: URL): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** One name for each version of each declared type: `ProjectWasCreated.1`. */
export const exampleNames = (schemas: EventSchemas): readonly string[] =>
  [...schemas].flatMap(([type, { upcasters }]) =>
    Array.from({ length: upcasters.length + 1 }, (_, index) => `${type}.${index + 1}`),
  );

const typeOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));

const stateAfter = async (
  name: string,
  { schemas, decider }: Pick<Aggregate, 'schemas' | 'decider'>,
  examples: Examples,
): Promise<unknown> => {
  const evolve = decider.evolve as (state: unknown, event: DomainEvent) => unknown;
  let state = decider.initialState;
  for (const each of [...(examples.get(name)?.after ?? []), name])
    state = evolve(state, { type: typeOf(each), data: await decoded(schemas, each, examples) });
  return state;
};

const place = { tenantId: newTenantId(systemClock), stream: 'example-1' } as const;

const decoded = async (
  schemas: EventSchemas,
  name: string,
  examples: Examples,
): Promise<DomainEvent['data']> => {
  const example = examples.get(name);
  if (!example) throw new Error(`Store an example of ${name} as ${name}.json.`);
  const schemaVersion = Number(name.slice(name.lastIndexOf('.') + 1));
  const stored = { ...place, type: typeOf(name), schemaVersion, data: example.written };
  const [event] = await eventCodec(schemas).decode([stored]);
  return event?.data ?? {};
};
