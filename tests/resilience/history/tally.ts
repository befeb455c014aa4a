import type { Announcement, Decider, DomainEvent, StreamId } from '@saas/event-sourcing';
import type { RawTx } from '@saas/postgres';

/** A sum that remembers how it came about: whoever decides on an older sum than there is, is found out. */
export type Tally = { readonly total: number };

export type TallyEvent = DomainEvent<
  'TallyWasRaised',
  { operation: string; before: number; amount: number; holdMs: number }
>;

export type RaiseTally = {
  readonly operation: string;
  readonly amount: number;
  /** How many events this makes. */
  readonly events: number;
  /** How long the transaction stays open, in milliseconds, after its events got their positions. */
  readonly holdMs: number;
};

export const tally: Decider<Tally, RaiseTally, TallyEvent> = {
  initialState: { total: 0 },
  decide: ({ operation, amount, events, holdMs }, { total }) =>
    Array.from({ length: events }, (_, index) => ({
      type: 'TallyWasRaised',
      data: { operation, before: total + index * amount, amount, holdMs: index === 0 ? holdMs : 0 },
    })),
  evolve: ({ total }, { data }) => ({ total: total + data.amount }),
};

/** Every event is announced, so that a message's sequence is its event's version. */
export const announceTally =
  (topic: string) =>
  ({ data }: TallyEvent, _stream: StreamId): readonly Announcement[] => [
    {
      topic,
      routingKey: 'tally.raised',
      body: { operation: data.operation, amount: data.amount },
    },
  ];

/** Keeps a transaction open, so that others which began later commit before it. */
export const holdOpen = {
  name: 'hold-open-1',
  apply: async (events: readonly { readonly data: unknown }[], tx: RawTx): Promise<void> => {
    const holdMs = Math.max(0, ...events.map(({ data }) => (data as TallyEvent['data']).holdMs));
    if (holdMs > 0) await tx.$executeRaw`SELECT pg_sleep(${holdMs / 1_000}::float8)`;
  },
};
