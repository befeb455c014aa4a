import type { PrismaPg } from '@prisma/adapter-pg';
import type { EventCodec } from '@saas/event-sourcing';
import type { Client, RawTx } from '../database-node.ts';
import { sealedCodec, type Sealing } from '../sealed-codec.ts';
import { evenShardMap, parseShardMap } from '../shard-map.ts';
import { ShardedDatabase, type ShardUrls } from '../sharded-database.ts';
import { postgresEventLog } from '../event-log.postgres.ts';
import { readState, type ProjectionState } from './projection-states.ts';
import { projectionErrors } from './projections.errors.ts';
import { rollBack, switchToCandidate, type SwitchOptions } from './promote.ts';
import { readModelStatus, type ReadModelStatus } from './read-model-status.ts';
import { identityOf, type ReadModel, type ReadModels } from './read-model.ts';
import { rebuild, refresh } from './rebuild.ts';
import type { ReplayProgress } from './replay.ts';
import type { Kind } from './stand-still.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/** A service's read models as an operator works on them, shard by shard. */
export type ReadModelDesk = {
  readonly service: string;
  /** Every read model's name, without its version. */
  readonly names: readonly string[];
  readonly shards: readonly string[];
  status(): Promise<readonly ReadModelStatus[]>;
  /** See `rebuild`; on the shards named, or on all. Calls `onBuilt` as soon as a shard's candidate is there. */
  rebuild(name: string, how?: DeskRebuild): Promise<void>;
  /** See `switchToCandidate`. A shard that has no candidate any more because it was switched before is passed over. */
  switch(name: string, how?: SwitchOptions & OnShards): Promise<readonly Switched[]>;
  /** See `rollBack`. */
  rollBack(name: string, how?: OnShards): Promise<readonly Switched[]>;
  /** See `refresh`. */
  refresh(name: string, how?: OnShards): Promise<void>;
  close(): Promise<void>;
};

export type OnShards = { readonly shards?: readonly string[] };
export type Switched = { readonly shard: string; readonly version: number };
export type DeskRebuild = OnShards & {
  readonly isFresh?: boolean;
  readonly onProgress?: (shard: string, progress: ReplayProgress) => void;
  readonly onBuilt?: (shard: string, candidate: ProjectionState) => void;
};

/** What a service's read models are made from, besides its databases. */
export type Rebuilding<Tx> = {
  readonly readModels: ReadModels<Tx>;
  readonly codec: EventCodec;
  readonly sealing?: Sealing;
  readonly createClient: (adapter: PrismaPg) => Client<Tx>;
};

type Options<Tx extends RawTx> = Rebuilding<Tx> & {
  readonly service: string;
  /** As the service itself connects: events are read as it reads them. */
  readonly shards: readonly ShardUrls[];
  readonly shardMap?: string | undefined;
  /** As the owner of the tables, one for each shard. */
  readonly ownerUrls: readonly string[];
};

/**
 * Opens a service's databases for work on its read models.
 *
 * @throws {AppError} as `ShardedDatabase.start` does, or `SHARD_MAP_INVALID`. Nothing is left open.
 */
export const openReadModelDesk = async <Tx extends RawTx>(options: Options<Tx>): Promise<ReadModelDesk> => {
  const { service, readModels } = options;
  const workshops: Workshop<Tx>[] = [];
  const database = databaseOf(options);
  const close = async () => {
    await Promise.all(workshops.map((workshop) => workshop.close()));
    await database.stop();
  };
  try {
    await database.start();
    workshops.push(...(await workshopsOf(options, database)));
  } catch (error) {
    await close();
    throw error;
  }
  const on = ({ shards }: OnShards = {}) =>
    workshops.filter(({ shard }) => shards === undefined || shards.includes(shard));
  return {
    service,
    names: [...readModels.inline, ...readModels.asynchronous].map((model) => identityOf(model).name),
    shards: database.shardNames(),
    close,
    status: async () => (await inTurn(workshops, (workshop) => readModelStatus(workshop, readModels))).flat(),
    rebuild: async (name, how = {}) => {
      const { model, kind } = findModel(readModels, name);
      for (const workshop of on(how)) {
        // Notes, on a database that no service has used yet, that the running one is there.
        await readModelStatus(workshop, readModels);
        const onProgress = (progress: ReplayProgress) => how.onProgress?.(workshop.shard, progress);
        const candidate = await rebuild(workshop, model, kind, { isFresh: how.isFresh === true, onProgress });
        how.onBuilt?.(workshop.shard, candidate);
      }
    },
    refresh: async (name, how) => {
      const { model } = findModel(readModels, name);
      for (const workshop of on(how)) await refresh(workshop, model);
    },
    switch: async (name, how = {}) => {
      const { model, kind } = findModel(readModels, name);
      const ready = await withState(on(how), name, 'candidate');
      if (ready.length === 0) throw projectionErrors.PROJECTION_NOT_BUILT({ name });
      return inTurn(ready, async (workshop) => ({
        shard: workshop.shard,
        version: await switchToCandidate(workshop, model, kind, how),
      }));
    },
    rollBack: async (name, how = {}) => {
      const { model, kind } = findModel(readModels, name);
      const wanted = on(how);
      const ready = await withState(wanted, name, 'previous');
      if (ready.length < wanted.length) throw projectionErrors.PROJECTION_NO_PREVIOUS({ name });
      return inTurn(ready, async (workshop) => ({
        shard: workshop.shard,
        version: await rollBack(workshop, model, kind),
      }));
    },
  };
};

const databaseOf = <Tx extends RawTx>({ service, shards, shardMap, createClient }: Options<Tx>) => {
  const names = shards.map(({ name }) => name);
  const map = shardMap === undefined ? evenShardMap(names) : parseShardMap(shardMap, names);
  return new ShardedDatabase<Tx>({ service, shards, shardMap: map, createClient });
};

const workshopsOf = async <Tx extends RawTx>(
  { ownerUrls, createClient, ...how }: Options<Tx>,
  database: ShardedDatabase<Tx>,
): Promise<readonly Workshop<Tx>[]> => {
  const codec = sealedCodec(database, how);
  const log = postgresEventLog({ database, codec });
  return inTurn([...database.shardNames().entries()], ([index, shard]) =>
    openWorkshop({ shard, ownerUrl: ownerUrls[index] ?? '', log, codec, createClient }),
  );
};

const findModel = <Tx>(
  readModels: ReadModels<Tx>,
  name: string,
): { readonly model: ReadModel<Tx>; readonly kind: Kind } => {
  for (const kind of ['inline', 'asynchronous'] as const) {
    const model = readModels[kind].find((each) => identityOf(each).name === name);
    if (model) return { model, kind };
  }
  throw projectionErrors.PROJECTION_UNKNOWN({ name });
};

const withState = async <Tx>(
  workshops: readonly Workshop<Tx>[],
  name: string,
  role: 'candidate' | 'previous',
): Promise<readonly Workshop<Tx>[]> => {
  const found = await inTurn(workshops, async (workshop) =>
    (await readState(workshop.session, name, role)) ? [workshop] : [],
  );
  return found.flat();
};

const inTurn = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
};
