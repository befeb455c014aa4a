import type { Message } from './message-bus.port.ts';
import type {
  DueMessage,
  ParkedCounts,
  ParkedMessages,
  ParkedState,
  Parking,
} from './parked-messages.port.ts';

type Kept = Omit<Parking, 'state' | 'waitMs'> & { state: ParkedState; dueMs: number };

type Options = {
  /** Milliseconds since some moment. */
  readonly nowMs?: () => number;
  /** How many messages of a stream may be parked for a consumer. */
  readonly perStreamMax?: number;
};

export type MemoryParkedMessages = ParkedMessages & {
  /** What is parked, each stream's in order. */
  parked(): readonly { readonly state: ParkedState; readonly message: Message; readonly attempts: number }[];
  /** What an operator does. */
  replay(messageId: string): void;
};

const SHARD = 'memory';

/** Parked messages that are forgotten on exit. For tests; held to the same contract as the others. */
export const memoryParkedMessages = ({
  nowMs = () => performance.now(),
  perStreamMax = 1_000,
}: Options = {}): MemoryParkedMessages => {
  const rows = new Map<string, Kept>();
  const inOrder = () => [...rows.values()].toSorted((a, b) => a.message.sequence - b.message.sequence);
  const streamOf = (consumer: string, stream: string) =>
    inOrder().filter((row) => row.consumer === consumer && row.message.stream === stream);
  const heads = () => inOrder().filter((row) => streamOf(row.consumer, row.message.stream)[0] === row);
  const lease = (row: Kept, leaseMs: number): DueMessage => {
    row.dueMs = nowMs() + leaseMs;
    const { consumer, message, state, attempts } = row;
    return { consumer, message, state, attempts };
  };

  return {
    shards: () => [SHARD],
    async park({ waitMs, ...parking }) {
      const { consumer, message } = parking;
      const head = streamOf(consumer, message.stream)[0]?.message.sequence ?? message.sequence;
      if (message.sequence >= head + perStreamMax) return 'full';
      const id = idOf(parking);
      if (!rows.has(id)) rows.set(id, { ...parking, dueMs: nowMs() + waitMs });
      return 'parked';
    },
    async claim(_, consumers, limit, leaseMs) {
      const mine = heads().filter((row) => row.state !== 'dead' && consumers.includes(row.consumer));
      const due = mine.filter((row) => row.dueMs <= nowMs()).toSorted((a, b) => a.dueMs - b.dueMs);
      if (due.length > 0) return { due: due.slice(0, limit).map((row) => lease(row, leaseMs)) };
      const nextMs = mine.length > 0 ? Math.min(...mine.map(({ dueMs }) => dueMs)) - nowMs() : undefined;
      return { due: [], nextMs, counts: countsOf(rows.values()) };
    },
    async settle(_, due, settlement, leaseMs) {
      const row = rows.get(idOf(due));
      if (settlement.status === 'postponed' && row) row.dueMs = nowMs() + settlement.waitMs;
      if (settlement.status === 'failed' && row) {
        const { waitMs, ...parking } = settlement.parking;
        Object.assign(row, parking, { dueMs: nowMs() + waitMs });
      }
      if (settlement.status !== 'handled') return undefined;
      rows.delete(idOf(due));
      const next = streamOf(due.consumer, due.message.stream)[0];
      return next?.state === 'held' ? lease(next, leaseMs) : undefined;
    },
    parked: inOrder,
    replay: (messageId) => {
      const row = heads().find(({ message }) => message.id === messageId);
      if (row) Object.assign(row, { state: 'replaying', dueMs: nowMs() });
    },
  };
};

const idOf = ({ consumer, message }: Pick<Kept, 'consumer' | 'message'>): string =>
  JSON.stringify([consumer, message.id]);

const countsOf = (rows: Iterable<Kept>): ParkedCounts => {
  const counts = { retrying: 0, held: 0, dead: 0, replaying: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
};
