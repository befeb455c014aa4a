import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { commandHandler, undeclaredEvents, type CommandHandler, type StreamId } from '@saas/event-sourcing';
import { isAppError, newTenantId, systemClock, type TenantId } from '@saas/kernel';
import type { ProvisionedService } from '@saas/local-stack';
import { evenShardMap, postgresEventStore, ShardedDatabase } from '@saas/postgres';
import { PrismaClient, type Prisma } from '@saas/prisma-projects';
import type { Attempt } from './history.ts';
import { randomOf, type Random } from './random.ts';
import { announceTally, holdOpen, tally, type RaiseTally, type Tally } from './tally.ts';

const WRITERS = 64;
const TENANTS = 8;
const STREAMS_PER_TENANT = 6;
/** Between two writes of one writer, milliseconds at most: the machine has other things to do. */
const THINK_MS_MAX = 900;
/** Every so often a writer that was not answered never asks again. */
const GIVES_UP = 0.1;
const SNAPSHOTS = { schemaVersion: 1, every: 40 };

type Options = {
  readonly shards: ProvisionedService['shards'];
  readonly topic: string;
  readonly seed: number;
  /** Whether to wait, so that the consumers can keep up. */
  readonly isFull: () => boolean;
};

export type Writers = {
  readonly attempts: readonly Attempt[];
  /** Failures that no writer should be told of, by their text. */
  readonly surprises: ReadonlyMap<string, number>;
  /** Every writer learns of its last write, then all end. */
  stop(): Promise<void>;
};

/** Starts 64 writers on the streams of a few tenants, who are often in each other's way. */
export const startWriters = async ({ shards, topic, seed, isFull }: Options): Promise<Writers> => {
  const database = new ShardedDatabase<Prisma.TransactionClient>({
    service: 'projects',
    shards,
    shardMap: evenShardMap(shards.map(({ name }) => name)),
    createClient: (adapter) => new PrismaClient({ adapter }),
    limits: { connectionsMax: 24, connectMs: 10_000 },
  });
  await database.start();
  const store = postgresEventStore({ database, projections: [holdOpen], codec: undeclaredEvents });
  const handle = commandHandler({
    decider: tally,
    store,
    announce: announceTally(topic),
    snapshots: SNAPSHOTS,
  });
  const stopping = new AbortController();
  const attempts: Attempt[] = [];
  const surprises = new Map<string, number>();
  const tenants = Array.from({ length: TENANTS }, newTenant);
  const write = async (random: Random): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(random.integer(0, THINK_MS_MAX));
      if (isFull() || stopping.signal.aborted) continue;
      const work = workFor(random.pick(tenants), random);
      const told = await carryOut(work, handle, random, surprises);
      attempts.push({ operation: work.operation, parts: work.parts, told });
    }
  };
  const writing = Array.from({ length: WRITERS }, (_, index) => write(randomOf(seed + index)));
  return {
    attempts,
    surprises,
    stop: async () => {
      stopping.abort();
      await Promise.all(writing);
      await database.stop();
    },
  };
};

type Tenant = { readonly id: TenantId; readonly streams: readonly StreamId[] };

const newTenant = (): Tenant => ({
  id: newTenantId(systemClock),
  streams: Array.from({ length: STREAMS_PER_TENANT }, () => `tally-${randomUUID()}` as const),
});

type TallyWork = Omit<Attempt, 'told'> & {
  readonly tenantId: TenantId;
  readonly commands: readonly { readonly stream: StreamId; readonly command: RaiseTally }[];
};

/** One, two or three streams with one to three events each; mostly at once, sometimes for long. */
const workFor = ({ id: tenantId, streams }: Tenant, random: Random): TallyWork => {
  const operation = randomUUID();
  const first = random.integer(0, streams.length - 1);
  const count = random.pick([1, 1, 1, 2, 3]);
  const holdMs = random.pick([0, 0, 0, 5, 30, 120, random.integer(0, 1_200)]);
  const commands = Array.from({ length: count }, (_, index) => {
    const stream = streams[(first + index) % streams.length] ?? 'tally-none';
    const events = random.pick([1, 1, 2, 3]);
    return {
      stream,
      command: { operation, amount: random.integer(1, 9), events, holdMs: index === 0 ? holdMs : 0 },
    };
  });
  const parts = commands.map(({ stream, command }) => ({ stream, events: command.events }));
  return { operation, tenantId, commands, parts };
};

/** Asks until there is an answer; by its claim a write that is asked for again is carried out once. */
const carryOut = async (
  { operation, tenantId, commands }: TallyWork,
  handle: CommandHandler<Tally, RaiseTally>,
  random: Random,
  surprises: Map<string, number>,
): Promise<Attempt['told']> => {
  const claim = { scope: 'history', key: operation, requestHash: operation };
  let isUncertain = false;
  for (;;) {
    try {
      await handle({
        tenantId,
        metadata: { actor: 'history', requestId: operation },
        claim,
        work: { commands },
      });
      return 'done';
    } catch (error) {
      if (isAppError(error, 'VERSION_CONFLICT') && !isUncertain) return 'refused';
      if (!isForeseen(error)) count(surprises, String(error));
      if (random.next() < GIVES_UP) return 'unknown';
      isUncertain = true;
    }
    await pause(random.integer(10, 400));
  }
};

const isForeseen = (error: unknown): boolean =>
  ['VERSION_CONFLICT', 'DATABASE_UNAVAILABLE', 'DATABASE_TIMEOUT'].some((code) => isAppError(error, code));

const count = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1);
