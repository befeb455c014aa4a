import { undeclaredEvents, type StreamId } from '@saas/event-sourcing';
import { bucketOfId, newId, newTenantId, systemClock, type TenantId } from '@saas/kernel';
import { memoryMessageBus, receiptOf, type Message, type MessageBus, type Outcome } from '@saas/messaging';
import {
  evenShardMap,
  parkedListening,
  postgresEventStore,
  ShardedDatabase,
  type ParkingSettings,
} from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import { Client } from 'pg';
import { openDatabase } from './stack.ts';

type Database = ShardedDatabase<Prisma.TransactionClient>;
export type ParkingDatabase = Awaited<ReturnType<typeof openParkingDatabase>>;

const TOPIC = 'test_events';
const quickly: ParkingSettings = {
  retries: { attemptsMax: 3, baseMs: 1, maxMs: 5 },
  perStreamMax: 10_000,
  totalMax: 100_000,
};

/** Fresh databases of a service, and its owner's sessions. */
export const openParkingDatabase = async () => {
  const { shards, migrationUrls } = await openDatabase('projects');
  const names = shards.map(({ name }) => name);
  const connect = async (): Promise<Database> => {
    const database: Database = new ShardedDatabase({
      service: 'projects',
      shards,
      shardMap: evenShardMap(names),
      createClient: (adapter) => new PrismaClient({ adapter }),
    });
    await database.start();
    return database;
  };
  const database = await connect();
  const owners = await Promise.all(
    migrationUrls.map(async (connectionString) => {
      const client = new Client({ connectionString });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    }),
  );
  return {
    database,
    connect,
    owners,
    migrationUrls,
    /** The owner's session on the tenant's shard. */
    ownerOf: (tenantId: TenantId): Client => {
      const shard = evenShardMap(names).shardOfBucket[bucketOfId(tenantId)] ?? '';
      return owners[names.indexOf(shard)] as Client;
    },
    stop: async () => {
      await database.stop();
      await Promise.all(owners.map((owner) => owner.end()));
    },
  };
};

/** Messages of fresh streams of one fresh tenant. */
export const senderOf = () => {
  const tenantId = newTenantId(systemClock);
  const newStream = (): StreamId => `task-${newId('tsk', bucketOfId(tenantId), systemClock)}`;
  const messages = (stream: StreamId, from: number, to: number): readonly Message[] =>
    Array.from({ length: to - from + 1 }, (_, index) => ({
      id: newId('evt', bucketOfId(tenantId), systemClock),
      tenantId,
      topic: TOPIC,
      routingKey: 'task.moved',
      stream,
      sequence: from + index,
      headers: { 'x-request-id': 'r' },
      body: { index },
    }));
  return { tenantId, newStream, messages };
};

/** A consumer whose effect is an event in a stream of its own, committed with the receipt; it fails as it is told. */
export const startParkingConsumer = async (
  database: Database,
  {
    queue,
    bus = memoryMessageBus(),
    failing = () => undefined,
    parking = quickly,
  }: {
    queue: string;
    bus?: MessageBus;
    failing?: (message: Message) => unknown;
    parking?: ParkingSettings;
  },
) => {
  const store = postgresEventStore({ database, projections: [], codec: undeclaredEvents });
  const outcomes: { readonly outcome: Outcome; readonly stream: string; readonly sequence: number }[] = [];
  const listening = parkedListening({
    database,
    bus,
    parking,
    onOutcome: (outcome, { stream, sequence }) => outcomes.push({ outcome, stream, sequence }),
    onError: () => undefined,
  });
  const handle = async (message: Message): Promise<void> => {
    const failure = failing(message);
    if (failure !== undefined) throw failure;
    const { tenantId, sequence, id } = message;
    const stream = effectsOf(queue, message.stream);
    const [before] = await store.read(tenantId, [stream]);
    await store.append({
      tenantId,
      metadata: { actor: queue, requestId: id },
      receipts: [receiptOf(queue, message)],
      streams: [
        {
          stream,
          expectedVersion: before?.version ?? 0,
          events: [{ type: 'Applied', data: { sequence } }],
        },
      ],
    });
  };
  const bindings = [{ topic: TOPIC, pattern: '#' }];
  const subscription = await listening.listen({ queue, bindings, handle });
  return {
    bus,
    outcomes,
    counts: () => listening.counts(),
    /** The sequences whose effects are committed, in the order of commit. */
    effects: async (tenantId: TenantId, stream: StreamId): Promise<readonly number[]> => {
      const [slice] = await store.read(tenantId, [effectsOf(queue, stream)]);
      return (slice?.events ?? []).map(({ data }) => (data as { sequence: number }).sequence);
    },
    stop: async () => {
      await subscription.close();
      await listening.stop();
    },
  };
};

const effectsOf = (queue: string, stream: StreamId): StreamId => `effects-${queue}-${stream}`;

/** 1 to `count`. */
export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n + 1);
