import { z } from 'zod';

const QUEUE_MAX = 1_000;

/** How many calls to one subgraph may be on their way at once, and how many wait for their turn. */
export const bulkheadSettings = z
  .strictObject({
    concurrent_max: z
      .int()
      .positive()
      .optional()
      .describe('Calls on their way; `connections_max` unless set.'),
    queue_max: z
      .int()
      .nonnegative()
      .default(QUEUE_MAX)
      .describe('Calls that wait, each no longer than its own time; one more fails as `SUBGRAPH_BUSY`.'),
  })
  .transform((given) => ({ concurrentMax: given.concurrent_max, queueMax: given.queue_max }));

export type BulkheadSettings = z.output<typeof bulkheadSettings>;
