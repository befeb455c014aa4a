import type { RawTx } from './database-node.ts';
import type { NodeHealth } from './node-monitor.ts';
import type { ShardedDatabase } from './sharded-database.ts';

type Part = {
  readonly name: string;
  readonly status: 'up' | 'degraded' | 'down';
  readonly details: Readonly<Record<string, string | number | null>>;
};

/**
 * How a service's databases are, node by node, from the monitor's last sample.
 *
 * Down when some shard can be neither read nor written, degraded when any node is not as it should be.
 */
export const databaseHealth = <Tx extends RawTx>(database: ShardedDatabase<Tx>) => ({
  name: 'database',
  check: async (): Promise<{ status: 'up' | 'degraded' | 'down'; parts: readonly Part[] }> => {
    const nodes = database.nodes();
    const isServed = (shard: string) => nodes.some((node) => node.shard === shard && node.status === 'up');
    const isDown = nodes.some(({ shard }) => !isServed(shard));
    const isUp = nodes.every(({ status }) => status === 'up');
    return { status: isDown ? 'down' : isUp ? 'up' : 'degraded', parts: nodes.map(partOf) };
  },
});

const partOf = ({ name, status, shard, role, lagMs, responseTimeMs }: NodeHealth): Part => ({
  name,
  status: status === 'lagging' ? 'degraded' : status,
  details: { shard, role, lagMs: lagMs ?? null, responseTimeMs: responseTimeMs ?? null },
});
