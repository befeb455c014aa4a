import { z } from 'zod';

const FIELD = /^[_A-Za-z]\w*\.[_A-Za-z]\w*$/;

/** The block `fallback` of `gateway.yaml`: the last good answers of subgraphs. */
export const fallbackSettings = z
  .strictObject({
    enabled: z.boolean().default(true),
    /** Nothing older is told. */
    max_stale_ms: z.int().positive().default(300_000),
    /** Answers to root fields, and entities, that are kept. */
    entries_max: z.int().positive().default(200_000),
    bytes_max: z
      .int()
      .positive()
      .default(64 * 1_024 * 1_024),
    /** Larger answers are not kept. */
    answer_bytes_max: z
      .int()
      .positive()
      .default(256 * 1_024),
    /** Fields that are never told from memory, as `Type.field`, besides those that are marked by `@noStale`. */
    exclude: z.array(z.string().regex(FIELD, 'is no field: write Type.field')).readonly().default([]),
  })
  .transform((given) => ({
    enabled: given.enabled,
    limits: {
      maxStaleMs: given.max_stale_ms,
      entriesMax: given.entries_max,
      bytesMax: given.bytes_max,
      answerBytesMax: given.answer_bytes_max,
    },
    exclude: given.exclude,
  }));

/** What one subgraph says for itself. */
export const subgraphFallbackSettings = z.strictObject({ enabled: z.boolean() });

export type FallbackSettings = z.output<typeof fallbackSettings>;
