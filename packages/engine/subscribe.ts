import type { CompiledOperation } from './compile-operation.ts';
import { engineErrors } from './engine.errors.ts';
import { refuseOtherConditions, refused, run, type ExecutionResult } from './execution-result.ts';
import type { ExecutionContext } from './execute.ts';
import type { EngineError } from './plan/failures.ts';
import type { EventSource } from './plan/event-source.ts';
import type { FetchAnswer, FetchCall } from './plan/fetch.port.ts';
import { privateVariables } from './planning/restore.ts';

/** What to subscribe to, or why that is not possible. */
export type Subscribing =
  | { readonly status: 'invalid'; readonly errors: readonly EngineError[] }
  | { readonly status: 'valid'; readonly call: FetchCall };

/**
 * Says what a subscription asks of its subgraph. Whoever holds the connection passes each answer to `answerEvent`.
 *
 * @throws {AppError} `PLAN_UNSUPPORTED` when the operation is no subscription.
 */
export const subscribing = (operation: CompiledOperation, context: ExecutionContext): Subscribing => {
  const source = sourceOf(operation);
  const variables = operation.readVariables(context.variables);
  if (variables.status === 'invalid') return variables;
  refuseOtherConditions(operation, variables);
  return { status: 'valid', call: source.callFor(privateVariables(operation.restore, variables.given)) };
};

/**
 * Completes one event of a subscription: fetches what the subgraph of the event does not know, and writes it.
 *
 * @param event what the subgraph sent, freshly parsed: it is altered.
 */
export const answerEvent = async (
  operation: CompiledOperation,
  context: ExecutionContext,
  event: FetchAnswer,
): Promise<ExecutionResult> => {
  sourceOf(operation);
  const variables = operation.readVariables(context.variables);
  if (variables.status === 'invalid') return refused(variables);
  return await run(operation, variables, context.fetch, event);
};

const sourceOf = ({ source, kind }: CompiledOperation): EventSource => {
  if (source === undefined) throw engineErrors.PLAN_UNSUPPORTED({ found: kind });
  return source;
};
