import fc from 'fast-check';
import type { Announced, Attempt, Effect, History, WrittenEvent } from './history.ts';

const told = fc.constantFrom('done', 'refused', 'unknown stored', 'unknown gone');
const parts = fc.uniqueArray(
  fc.record({
    stream: fc.constantFrom('tally-a', 'tally-b', 'tally-c'),
    events: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 2, selector: ({ stream }) => stream },
);
const operations = fc.array(fc.record({ told, parts, amount: fc.integer({ min: 1, max: 9 }) }), {
  minLength: 1,
  maxLength: 12,
});

/**
 * Histories with which nothing is wrong, and in which there is at least one write that was confirmed. Streams are
 * consumed side by side, in an order between them that is nobody's.
 */
export const soundHistories: fc.Arbitrary<History> = fc
  .record({ operations, isForward: fc.boolean() })
  .map(({ operations: drawn, isForward }) => {
    const all = [...drawn, certain].map((each, index) => ({ ...each, operation: `op-${index}` }));
    const events = eventsOf(all);
    const messages = events.map(announced);
    const byStream = [...messages].sort(
      (one, other) =>
        one.stream.localeCompare(other.stream) * (isForward ? 1 : -1) || one.sequence - other.sequence,
    );
    return { attempts: all.map(attempt), events, messages, effects: byStream.map(effect) };
  });

type Operation = {
  readonly operation: string;
  readonly told: 'done' | 'refused' | 'unknown stored' | 'unknown gone';
  readonly parts: Attempt['parts'];
  readonly amount: number;
};

/** What every plant needs: two streams, one of them with two events. */
const certain: Omit<Operation, 'operation'> = {
  told: 'done',
  parts: [
    { stream: 'tally-a', events: 2 },
    { stream: 'tally-b', events: 1 },
  ],
  amount: 5,
};

const attempt = ({ operation, parts: own, told: word }: Operation): Attempt => ({
  operation,
  parts: own,
  told: word === 'unknown stored' || word === 'unknown gone' ? 'unknown' : word,
});

const eventsOf = (all: readonly Operation[]): readonly WrittenEvent[] => {
  const heads = new Map<string, { version: number; total: number }>();
  return all
    .filter(({ told: word }) => word === 'done' || word === 'unknown stored')
    .flatMap(({ operation, parts: own, amount }) =>
      own.flatMap(({ stream, events }) =>
        Array.from({ length: events }, () => {
          const head = heads.get(stream) ?? { version: 0, total: 0 };
          heads.set(stream, { version: head.version + 1, total: head.total + amount });
          return { stream, version: head.version + 1, operation, before: head.total, amount };
        }),
      ),
    );
};

const announced = ({ stream, version, operation }: WrittenEvent): Announced => ({
  messageId: `${stream}-${version}`,
  stream,
  sequence: version,
  operation,
  isSent: true,
});

const effect = ({ messageId, stream, sequence, operation }: Announced, index: number): Effect => ({
  messageId,
  stream,
  sequence,
  operation,
  position: index + 1,
});
