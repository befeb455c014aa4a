import type { DatabaseNode } from './database-node.ts';

/** What is known of one database node, sampled in the background. */
export type NodeHealth = {
  readonly shard: string;
  readonly name: string;
  readonly role: 'primary' | 'replica';
  readonly status: 'up' | 'lagging' | 'down';
  /** Age of the newest commit that a replica has not replayed yet, milliseconds; 0 when it has all. */
  readonly lagMs: number | undefined;
  readonly responseTimeMs: number | undefined;
};

type Options<Tx> = {
  /** Primary first. */
  readonly nodes: readonly DatabaseNode<Tx>[];
  readonly intervalMs: number;
  readonly lagMsMax: number;
};

const HISTORY_MAX = 600;
const PROBE_PRIMARY = `SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn AS at, pg_is_in_recovery() AS standby`;
const PROBE_REPLICA = `SELECT coalesce(pg_last_wal_replay_lsn(), '0/0'::pg_lsn) - '0/0'::pg_lsn AS at, pg_is_in_recovery() AS standby`;

/**
 * Watches one shard: is each node there, and how far behind is each replica.
 *
 * Lag is measured against what the primary had flushed when it was last asked, so that a replica that lost its
 * connection counts as behind although it has replayed everything it received.
 */
export class NodeMonitor<Tx> {
  readonly #options: Options<Tx>;
  readonly #health = new Map<DatabaseNode<Tx>, NodeHealth>();
  readonly #quarantinedUntil = new Map<DatabaseNode<Tx>, number>();
  /** When the primary was first seen to have flushed up to a position; oldest first. */
  readonly #history: { readonly at: bigint; readonly seenMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sampling: Promise<void> | undefined;

  constructor(options: Options<Tx>) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.sample();
    this.#timer = setInterval(() => void this.sample(), this.#options.intervalMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sampling;
  }

  /** Asks every node once; a sample in progress is joined instead of doubled. */
  sample(): Promise<void> {
    this.#sampling ??= this.#sampleAll().finally(() => {
      this.#sampling = undefined;
    });
    return this.#sampling;
  }

  health(): readonly NodeHealth[] {
    return this.#options.nodes.map((node) => this.#health.get(node) ?? unknownYet(node));
  }

  /** Fit to be read from: there, not quarantined and, for a replica, within the allowed lag. */
  isUsable(node: DatabaseNode<Tx>): boolean {
    if ((this.#quarantinedUntil.get(node) ?? 0) > performance.now()) return false;
    return this.#health.get(node)?.status === 'up';
  }

  /** Someone met a dead connection: keep away from the node for a while. */
  quarantine(node: DatabaseNode<Tx>): void {
    this.#quarantinedUntil.set(node, performance.now() + 2 * this.#options.intervalMs);
  }

  async #sampleAll(): Promise<void> {
    const [primary, ...replicas] = this.#options.nodes;
    if (primary) await this.#samplePrimary(primary);
    await Promise.all(replicas.map((replica) => this.#sampleReplica(replica)));
  }

  async #samplePrimary(node: DatabaseNode<Tx>): Promise<void> {
    const answer = await ask(node, PROBE_PRIMARY);
    const isPrimary = answer !== undefined && !answer.standby;
    if (isPrimary && answer.at !== this.#history.at(-1)?.at) {
      this.#history.push({ at: answer.at, seenMs: performance.now() });
      if (this.#history.length > HISTORY_MAX) this.#history.shift();
    }
    this.#keep(node, isPrimary ? 'up' : 'down', isPrimary ? 0 : undefined, answer?.tookMs);
  }

  async #sampleReplica(node: DatabaseNode<Tx>): Promise<void> {
    const answer = await ask(node, PROBE_REPLICA);
    if (answer === undefined) return this.#keep(node, 'down', undefined, undefined);
    const missing = this.#history.find(({ at }) => at > answer.at);
    const lagMs = missing ? Math.round(performance.now() - missing.seenMs) : 0;
    this.#keep(node, lagMs > this.#options.lagMsMax ? 'lagging' : 'up', lagMs, answer.tookMs);
  }

  #keep(
    node: DatabaseNode<Tx>,
    status: NodeHealth['status'],
    lagMs: number | undefined,
    tookMs: number | undefined,
  ): void {
    const responseTimeMs = tookMs === undefined ? undefined : Math.round(tookMs * 10) / 10;
    this.#health.set(node, {
      shard: node.shard,
      name: node.name,
      role: node.role,
      status,
      lagMs,
      responseTimeMs,
    });
  }
}

const unknownYet = <Tx>({ shard, name, role }: DatabaseNode<Tx>): NodeHealth => ({
  shard,
  name,
  role,
  status: 'down',
  lagMs: undefined,
  responseTimeMs: undefined,
});

/** Undefined when the node does not answer in time; the probe's own time-outs bound the wait. */
const ask = async <Tx>(node: DatabaseNode<Tx>, sql: string) => {
  const started = performance.now();
  try {
    const [row] = await node.probe<{ at: string; standby: boolean }>(sql);
    return row && { at: BigInt(row.at), standby: row.standby, tookMs: performance.now() - started };
  } catch {
    return undefined;
  }
};
