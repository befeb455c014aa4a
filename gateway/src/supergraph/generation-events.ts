import { assertNever, isAppError } from '@saas/kernel';
import type { Logger } from '@saas/telemetry';
import { SupergraphError } from './supergraph.errors.ts';

/** What happens to generations, for metrics and log lines. Times in milliseconds. */
export type GenerationEvent =
  | {
      readonly kind: 'swapped';
      readonly generationId: number;
      readonly subgraphs: number;
      /** Those that the supergraph links, and what is made of each: nothing is ignored silently. */
      readonly specifications: readonly string[];
      /** Operations planned ahead. */
      readonly warmed: number;
      readonly tookMs: number;
    }
  /** The running generation stays; there is none when the first one failed. */
  | { readonly kind: 'refused'; readonly generationId: number | undefined; readonly error: unknown }
  /** An operation took too long or too much memory; the planning thread was replaced. */
  | { readonly kind: 'planner-lost'; readonly reason: string }
  | { readonly kind: 'listener-failed'; readonly generationId: number; readonly error: unknown };

/** One line for each, with what an operator needs to act on it. */
export const tellOperator = (logger: Logger, source: string, event: GenerationEvent): void => {
  switch (event.kind) {
    case 'swapped':
      logger.info({ source, ...event, tookMs: Math.round(event.tookMs) }, 'A new supergraph serves.');
      return;
    case 'refused':
      // The first one is thrown to whoever starts us.
      if (event.generationId === undefined) return;
      logger.error(
        { source, generationId: event.generationId, ...detailsOf(event.error) },
        'The supergraph was refused; the running one stays.',
      );
      return;
    case 'planner-lost':
      logger.warn(
        { source, reason: event.reason },
        'An operation was too complex; its planning thread was ended.',
      );
      return;
    case 'listener-failed':
      logger.error({ source, ...event }, 'Somebody who follows the supergraph failed.');
      return;
    default:
      assertNever(event);
  }
};

const detailsOf = (error: unknown): object => {
  if (error instanceof SupergraphError) return { code: error.code, problems: error.problems };
  return isAppError(error) ? { code: error.code, error } : { error };
};
