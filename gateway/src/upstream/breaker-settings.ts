import { z } from 'zod';

/** When calls to a subgraph that fails are refused, and for how long; queries and mutations are looked at apart. */
export const breakerSettings = z
  .strictObject({
    failures: z.int().positive().default(5).describe('So many failures within `window_ms` open it, …'),
    failure_rate: z
      .number()
      .positive()
      .max(1)
      .default(0.5)
      .describe('… when they are at least this share of the calls that ended in that time.'),
    window_ms: z.int().positive().default(10_000).describe('How long a call that has ended counts.'),
    reset_ms: z
      .int()
      .min(100)
      .default(60_000)
      .describe('From its opening to the first probe, and between probes; a fifth more or less, at random.'),
  })
  .transform((given) => ({
    failures: given.failures,
    failureRate: given.failure_rate,
    windowMs: given.window_ms,
    resetMs: given.reset_ms,
  }));
