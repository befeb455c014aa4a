import type { PrismaPg } from '@prisma/adapter-pg';
import type { ConsistencyToken } from '@saas/event-sourcing';
import type { TenantId } from '@saas/kernel';
import { beginAppend } from './append-lock.ts';
import { beginAsSystem, beginAsTenant, beginOnReplica } from './begin-transaction.ts';
import {
  DatabaseNode,
  defaultLimits,
  type Begun,
  type Client,
  type ConnectionLimits,
  type RawTx,
} from './database-node.ts';
import { NodeMonitor, type NodeHealth } from './node-monitor.ts';
import { leftMsOf, type Patience } from './patience.ts';
import { failureOf, toDatabaseError } from './prisma-failures.ts';
import { Session } from './session.ts';
import { shardOfTenant, type ShardMap } from './shard-map.ts';
import { checkShard } from './start-checks.ts';

export type ShardUrls = {
  readonly name: string;
  readonly primary: string;
  readonly replicas: readonly string[];
};

/** Whose data, how new it has to be, and for how long somebody waits for it. */
export type Scope = {
  readonly tenantId: TenantId;
  readonly token?: ConsistencyToken | undefined;
  readonly patience?: Patience | undefined;
};

/** A transaction that writes ends at its deadline, but not because its caller has left: it may be what they wanted. */
export type WritePatience = Pick<Patience, 'endsAtMs'>;

type Options<Tx> = {
  readonly service: string;
  readonly shards: readonly ShardUrls[];
  readonly shardMap: ShardMap;
  readonly createClient: (adapter: PrismaPg) => Client<Tx>;
  /** A replica that is further behind is not read from. */
  readonly lagMsMax?: number;
  readonly sampleIntervalMs?: number;
  readonly limits?: Partial<ConnectionLimits>;
};

type Shard<Tx> = {
  readonly name: string;
  readonly primary: DatabaseNode<Tx>;
  readonly replicas: readonly DatabaseNode<Tx>[];
  readonly monitor: NodeMonitor<Tx>;
};

/**
 * One service's database, spread over shards with replicas.
 *
 * Every transaction runs as one tenant: its id is set for the transaction, and row-level security shows nothing else.
 */
export class ShardedDatabase<Tx extends RawTx> {
  readonly #shards: ReadonlyMap<string, Shard<Tx>>;
  readonly #shardMap: ShardMap;
  readonly #sessions = new Set<Session>();
  #turn = 0;

  constructor(options: Options<Tx>) {
    this.#shardMap = options.shardMap;
    this.#shards = new Map(options.shards.map((urls) => [urls.name, openShard(options, urls)]));
  }

  /**
   * Learns which nodes are there, and checks every primary that answers.
   *
   * @throws {AppError} `DATABASE_ROLE_TOO_POWERFUL`, `DATABASE_NOT_MIGRATED` or `SHARD_MAP_MISMATCH`.
   */
  async start(): Promise<void> {
    await Promise.all(
      [...this.#shards.values()].map(async ({ name, primary, monitor }) => {
        await monitor.start();
        if (!monitor.isUsable(primary)) return;
        await checkShard(primary, name, this.#shardMap).catch((error: unknown) => {
          // It has gone while it was looked at, and is as good as one that was away before.
          if (!['unreachable', 'timeout'].includes(failureOf(error))) throw error;
        });
      }),
    );
  }

  async stop(): Promise<void> {
    const shards = [...this.#shards.values()];
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await Promise.all(shards.map(({ monitor }) => monitor.stop()));
    await Promise.all(
      shards.flatMap(({ primary, replicas }) => [primary, ...replicas].map((node) => node.close())),
    );
  }

  /** Health of each database node, sampled in the background. */
  nodes(): readonly NodeHealth[] {
    return [...this.#shards.values()].flatMap(({ monitor }) => monitor.health());
  }

  shardNames(): readonly string[] {
    return [...this.#shards.keys()];
  }

  /** The name of the shard that holds the tenant. */
  shardOf(tenantId: TenantId): string {
    return this.#shardOf(tenantId).name;
  }

  /**
   * One transaction as the tenant, on a healthy replica of its shard that is at least as new as the token; when there
   * is none, or it fails under us, on the primary. `work` may run more than once and must only read.
   *
   * When the scope's patience ends, a statement that runs is cancelled at the server, and its connection serves nobody else
   * before that is certain; who waits for a connection leaves the queue.
   *
   * @throws {AppError} `DATABASE_UNAVAILABLE` or `DATABASE_TIMEOUT`; the coded error that the signal was aborted with.
   */
  async read<Result>(scope: Scope, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const { monitor, replicas } = this.#shardOf(scope.tenantId);
    const start = (this.#turn += 1);
    for (let offset = 0; offset < replicas.length; offset += 1) {
      const replica = replicas[(start + offset) % replicas.length];
      if (!replica || !monitor.isUsable(replica)) continue;
      const outcome = await this.#readReplica(replica, monitor, scope, work);
      if (outcome.status === 'done') return outcome.result;
      if (outcome.status === 'stale') break;
    }
    return this.readPrimary(scope, work);
  }

  /** One transaction as the tenant on its primary, for reads that a decision hangs on. Patience as with {@link read}. */
  readPrimary<Result>({ tenantId, patience }: Scope, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.#asTenant(tenantId, patience, beginAsTenant, work);
  }

  /**
   * One transaction as the tenant on its shard's primary; everything in it is committed or nothing is. At its deadline a
   * statement that runs is cancelled, but not the commit.
   */
  write<Result>(
    tenantId: TenantId,
    work: (tx: Tx) => Promise<Result>,
    { endsAtMs }: WritePatience = {},
  ): Promise<Result> {
    return this.#asTenant(tenantId, { endsAtMs }, beginAsTenant, work);
  }

  /**
   * {@link write} for a transaction that adds events: it is known as such to whoever reads all events of the shard.
   *
   * @returns a token for reads that must see it.
   * @throws {AppError} `DATABASE_UNAVAILABLE` or `DATABASE_TIMEOUT`; when that was at the very end, it is committed all the same.
   */
  async append(
    tenantId: TenantId,
    work: (tx: Tx) => Promise<void>,
    { endsAtMs }: WritePatience = {},
  ): Promise<ConsistencyToken> {
    const { name, primary } = this.#shardOf(tenantId);
    await this.#asTenant(tenantId, { endsAtMs }, beginAppend, work);
    return `${name}=${primary.committed}`;
  }

  /** One transaction on the directory shard, the first one, outside any tenant. For the e-mail directory alone. */
  directory<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const [first = ''] = this.#shards.keys();
    return this.asSystem(first, work);
  }

  /** One transaction on a shard's primary that sees every tenant. For relays, housekeeping and reconciliation. */
  asSystem<Result>(shard: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return coded(this.#shard(shard).primary.transaction({}, beginAsSystem, work));
  }

  /** {@link asSystem} on each shard in turn. */
  async eachShard<Result>(work: (tx: Tx, shard: string) => Promise<Result>): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const shard of this.#shards.keys())
      results.push(await this.asSystem(shard, (tx) => work(tx, shard)));
    return results;
  }

  /** A connection of its own to a shard's primary; see {@link Session}. Closed by {@link stop} at the latest. */
  session(shard: string, how: Pick<ConstructorParameters<typeof Session>[0], 'setUp' | 'onNotice'>): Session {
    const { primary } = this.#shard(shard);
    const session = new Session({ ...how, open: () => primary.client() });
    this.#sessions.add(session);
    return session;
  }

  /**
   * A token for reads that must see everything the tenant's shard has committed by now.
   *
   * @throws {AppError} `DATABASE_UNAVAILABLE` or `DATABASE_TIMEOUT`; what was committed is committed.
   */
  async tokenNow(tenantId: TenantId): Promise<ConsistencyToken> {
    const { name, primary } = this.#shardOf(tenantId);
    const [row] = await coded(primary.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn'));
    return `${name}=${row?.lsn ?? '0/0'}`;
  }

  async #readReplica<Result>(
    replica: DatabaseNode<Tx>,
    monitor: NodeMonitor<Tx>,
    { tenantId, token, patience = {} }: Scope,
    work: (tx: Tx) => Promise<Result>,
  ): Promise<{ status: 'done'; result: Result } | { status: 'stale' | 'failed' }> {
    const lsn = lsnFor(token, replica.shard);
    try {
      return await replica.transaction(
        patience,
        (tx) => beginOnReplica(tx, tenantId, leftMsOf(patience, replica.statementMs), lsn),
        async (tx, { fresh }) => (fresh ? { status: 'done', result: await work(tx) } : { status: 'stale' }),
      );
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== 'unreachable' && failure !== 'conflict') throw toDatabaseError(error);
      if (failure === 'unreachable') monitor.quarantine(replica);
      return { status: 'failed' };
    }
  }

  #asTenant<Result>(
    tenantId: TenantId,
    patience: Patience | undefined,
    begin: (tx: Tx, tenantId: TenantId, statementMs: number) => Promise<Begun>,
    work: (tx: Tx) => Promise<Result>,
  ): Promise<Result> {
    const { primary } = this.#shardOf(tenantId);
    const wait = patience ?? {};
    const start = (tx: Tx) => begin(tx, tenantId, leftMsOf(wait, primary.statementMs));
    return coded(primary.transaction(wait, start, work));
  }

  #shardOf(tenantId: TenantId): Shard<Tx> {
    return this.#shard(shardOfTenant(this.#shardMap, tenantId));
  }

  #shard(name: string): Shard<Tx> {
    const shard = this.#shards.get(name);
    if (!shard) throw new Error(`There is no shard ${name}.`);
    return shard;
  }
}

const coded = <Result>(asking: Promise<Result>): Promise<Result> =>
  asking.catch((error: unknown) => {
    throw toDatabaseError(error);
  });

const LSN = /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/;

/** The position that a token names for a shard. Clients carry tokens: what is not a position asks for nothing. */
const lsnFor = (token: ConsistencyToken | undefined, shard: string): string => {
  const [name, lsn = ''] = token?.split('=') ?? [];
  return name === shard && LSN.test(lsn) ? lsn : '0/0';
};

const openShard = <Tx>(
  { service, createClient, limits, lagMsMax = 1_000, sampleIntervalMs = 500 }: Options<Tx>,
  { name, primary, replicas }: ShardUrls,
): Shard<Tx> => {
  const shared = {
    shard: name,
    applicationName: service,
    limits: { ...defaultLimits, ...limits },
    createClient,
  };
  const head = new DatabaseNode({ ...shared, role: 'primary', url: primary }, `${name}-primary`);
  const rest = replicas.map(
    (url, index) => new DatabaseNode({ ...shared, role: 'replica', url }, `${name}-replica-${index}`),
  );
  const monitor = new NodeMonitor({ nodes: [head, ...rest], intervalMs: sampleIntervalMs, lagMsMax });
  return { name, primary: head, replicas: rest, monitor };
};
