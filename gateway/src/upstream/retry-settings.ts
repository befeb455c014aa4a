import { z } from 'zod';

/** How often failed queries are sent again. */
export const retrySettings = z
  .strictObject({
    attempts_max: z
      .int()
      .nonnegative()
      .max(5)
      .default(2)
      .describe('How often one query is sent again; 0 for never.'),
    budget_tokens: z
      .number()
      .nonnegative()
      .default(10)
      .describe('Repeats that are always there, for all queries to the subgraph together.'),
    budget_per_success: z
      .number()
      .nonnegative()
      .max(0.2)
      .default(0.1)
      .describe(
        'What each query that succeeds adds: at 0.1, repeats are a tenth of the calls in the long run.',
      ),
  })
  .transform((given) => ({
    attemptsMax: given.attempts_max,
    budget: { tokensMax: given.budget_tokens, perSuccess: given.budget_per_success },
  }));

export type RetrySettings = z.output<typeof retrySettings>;
