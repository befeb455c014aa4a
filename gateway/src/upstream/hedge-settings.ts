import { z } from 'zod';

/** Whether a query that takes unusually long is sent a second time, to race the first. */
export const hedgeSettings = z
  .enum(['off', 'on'])
  .describe('For subgraphs of several instances; off unless set.');
