import type { Deliveries } from './deliveries.process.ts';

/** How long something may be due before delivery counts as degraded. */
const LAG_MS_MAX = 5 * 60_000;

/**
 * How the deliveries are, shard by shard: degraded when something has been due for minutes. Never critical: the inbox works
 * without them.
 */
export const deliveryHealth = ({ depths }: Pick<Deliveries, 'depths'>) => ({
  name: 'deliveries',
  isCritical: false,
  check: async () => {
    const parts = (await depths()).map(({ shard, ...depth }) => ({
      name: `deliveries-${shard}`,
      status: statusOf(depth.lagMs),
      details: depth,
    }));
    return { status: statusOf(Math.max(0, ...parts.map(({ details }) => details.lagMs))), parts };
  },
});

const statusOf = (lagMs: number): 'up' | 'degraded' => (lagMs > LAG_MS_MAX ? 'degraded' : 'up');
