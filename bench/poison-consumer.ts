import { undeclaredEvents, type EventStore } from '@saas/event-sourcing';
import { receiptOf, type Message, type MessageBus } from '@saas/messaging';
import {
  defaultParking,
  evenShardMap,
  parkedListening,
  postgresEventStore,
  ShardedDatabase,
} from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-notifications';
import type { BenchShards } from './bench-databases.ts';

const QUEUE = 'bench.poison';

export type Effect = { readonly stream: string; readonly sequence: number; readonly atMs: number };

export type PoisonConsumer = {
  /** Every message whose receipt is committed, in the order of commit. */
  readonly effects: readonly Effect[];
  /** From now on the first message of the next new task fails, until {@link heal}. */
  readonly poisonNext: () => void;
  readonly heal: () => void;
  /** Messages that were given up. */
  readonly dead: () => number;
  readonly stop: () => Promise<void>;
};

/** Hears all that projects announce, as a service does, and keeps nothing but the receipts. */
export const startPoisonConsumer = async (shards: BenchShards, bus: MessageBus): Promise<PoisonConsumer> => {
  const database = new ShardedDatabase<Prisma.TransactionClient>({
    service: 'notifications',
    shards,
    shardMap: evenShardMap(shards.map(({ name }) => name)),
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  await database.start();
  const { take, ...taking } = receiptsKept(
    postgresEventStore({ database, projections: [], codec: undeclaredEvents }),
  );
  let dead = 0;
  const listening = parkedListening({
    database,
    bus,
    parking: { ...defaultParking, retries: { attemptsMax: 3, baseMs: 100, maxMs: 1_000 } },
    onOutcome: (outcome) => {
      if (outcome === 'dead') dead += 1;
    },
    onError: (error) => console.error(error),
  });
  const subscription = await listening.listen({
    queue: QUEUE,
    bindings: [{ topic: 'project_events', pattern: '#' }],
    handle: (message) => take([message]),
    handleTogether: take,
    takesSuccessors: true,
  });
  return {
    ...taking,
    dead: () => dead,
    stop: async () => {
      await subscription.close();
      await listening.stop();
      await database.stop();
    },
  };
};

const receiptsKept = (store: EventStore) => {
  const effects: Effect[] = [];
  let poison: 'none' | 'next' | Message['stream'] = 'none';
  return {
    effects,
    poisonNext: (): void => {
      poison = 'next';
    },
    heal: (): void => {
      poison = 'none';
    },
    take: async (messages: readonly Message[]): Promise<void> => {
      const [first] = messages;
      if (!first) return;
      if (poison === 'next') poison = messages.find(isNewTask)?.stream ?? poison;
      if (messages.some((message) => message.stream === poison && isNewTask(message)))
        throw new Error('It cannot be handled.');
      await store.append({
        tenantId: first.tenantId,
        metadata: { actor: QUEUE, requestId: first.id },
        receipts: messages.map((message) => receiptOf(QUEUE, message)),
        streams: [],
      });
      const atMs = performance.now();
      for (const { stream, sequence } of messages) effects.push({ stream, sequence, atMs });
    },
  };
};

const isNewTask = ({ stream, sequence }: Message): boolean => stream.startsWith('task-') && sequence === 1;
