import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError } from '@saas/kernel';
import { withSession } from './admin-session.ts';
import { cloneReplica, createShard } from './create-shard.ts';
import { localStackErrors } from './local-stack.errors.ts';
import type { NodeSurroundings } from './postgres-node.ts';
import { PostgresNode } from './postgres-node.ts';
import type { Upstream } from './postgres-settings.ts';
import { dropSlot, renewSlot, slotOf, untilStreaming, usableSlots } from './replication.ts';

/** What a node is doing while a topology starts. */
export type NodeProgress = {
  readonly node: string;
  readonly status: 'creating' | 'starting' | 'cloning' | 'ready';
};

/** Where a shard is, how many replicas it has and which ports its nodes had the last time. */
export type ShardOptions = {
  readonly name: string;
  readonly home: string;
  readonly replicas: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly surroundings: NodeSurroundings;
  readonly onProgress: (progress: NodeProgress) => void;
};

/** A primary and the replicas that follow it. */
export class PostgresShard {
  readonly name: string;
  readonly primary: PostgresNode;
  readonly replicas: readonly PostgresNode[];
  readonly #options: ShardOptions;
  readonly #directory: string;

  constructor(options: ShardOptions) {
    this.name = options.name;
    this.#options = options;
    this.#directory = join(options.home, options.name);
    const node = (role: string) => {
      const name = `${options.name}-${role}`;
      return new PostgresNode(name, join(this.#directory, role), options.ports[name], options.surroundings);
    };
    this.primary = node('primary');
    this.replicas = Array.from({ length: options.replicas }, (_, index) => node(`replica-${index}`));
  }

  get nodes(): readonly PostgresNode[] {
    return [this.primary, ...this.replicas];
  }

  /**
   * Starts the shard, creates what is missing and resolves when every replica has caught up. A replica that cannot
   * follow any more is cloned anew; replicas beyond the wanted number are deleted, since they hold nothing of their own.
   */
  async start(): Promise<void> {
    const { onProgress, replicas, surroundings } = this.#options;
    const isNew = !(await exists(this.#directory));
    if (isNew) {
      onProgress({ node: this.primary.name, status: 'creating' });
      await createShard(this.#directory, replicas, surroundings);
    }
    if (!(await exists(join(this.primary.directory, 'PG_VERSION')))) {
      throw localStackErrors.DATA_DIR_DAMAGED({ missing: this.primary.directory });
    }
    onProgress({ node: this.primary.name, status: 'starting' });
    await this.primary.start();
    onProgress({ node: this.primary.name, status: 'ready' });
    const usable = await this.#prepareSlots(isNew);
    await Promise.all(this.replicas.map((replica, index) => this.#startReplica(replica, index, usable)));
  }

  /** Stops and starts one node. Resolves when the replicas that run have caught up. */
  async restart(node: PostgresNode): Promise<void> {
    await node.stop();
    if (node !== this.primary) {
      await node.start(this.#upstream(this.replicas.indexOf(node)));
    } else {
      const formerPort = node.port;
      await node.start();
      if (node.port !== formerPort) await this.#follow();
    }
    if (!this.primary.running) return;
    const slots = this.replicas.flatMap((replica, index) => (replica.running ? [slotOf(index)] : []));
    await withSession(this.primary.url, (session) => untilStreaming(session, slots, 30_000));
  }

  async #follow(): Promise<void> {
    const running = this.replicas.filter((replica) => replica.running);
    await Promise.all(
      running.map(async (replica) => {
        await replica.stop();
        await replica.start(this.#upstream(this.replicas.indexOf(replica)));
      }),
    );
  }

  #upstream(index: number): Upstream {
    return { port: this.primary.port, password: this.#options.surroundings.password, slot: slotOf(index) };
  }

  async #prepareSlots(isNew: boolean): Promise<ReadonlySet<string>> {
    const wanted = new Set(this.replicas.map((_, index) => slotOf(index)));
    return withSession(this.primary.url, async (session) => {
      if (isNew) for (const slot of wanted) await renewSlot(session, slot);
      const usable = await usableSlots(session);
      for (const slot of usable)
        if (/^replica_\d+$/.test(slot) && !wanted.has(slot)) await dropSlot(session, slot);
      const kept = new Set(['primary', ...this.replicas.map((_, index) => `replica-${index}`)]);
      const extra = (await readdir(this.#directory)).filter((name) => !kept.has(name));
      await Promise.all(
        extra.map((name) => rm(join(this.#directory, name), { recursive: true, force: true })),
      );
      return usable;
    });
  }

  async #startReplica(replica: PostgresNode, index: number, usable: ReadonlySet<string>): Promise<void> {
    // Without the signal it would start as a second primary: it was promoted.
    const canFollow = usable.has(slotOf(index)) && (await exists(join(replica.directory, 'standby.signal')));
    if (canFollow) {
      try {
        return await this.#followUntilReady(replica, index);
      } catch (error) {
        if (isAppError(error, 'DATA_DIR_IN_USE')) throw error;
        this.#options.surroundings.log(
          `${replica.name} cannot follow its primary any more and is cloned anew.`,
        );
        await replica.stop();
      }
    }
    this.#options.onProgress({ node: replica.name, status: 'cloning' });
    await cloneReplica(this.primary, slotOf(index), replica.directory, this.#options.surroundings.account);
    await this.#followUntilReady(replica, index);
  }

  async #followUntilReady(replica: PostgresNode, index: number): Promise<void> {
    this.#options.onProgress({ node: replica.name, status: 'starting' });
    await replica.start(this.#upstream(index));
    await withSession(this.primary.url, (session) => untilStreaming(session, [slotOf(index)], 20_000));
    this.#options.onProgress({ node: replica.name, status: 'ready' });
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
