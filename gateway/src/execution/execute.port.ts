import type { ExecutionResult, IncrementalPayload } from '@saas/engine';
import type { ValidOperation } from '../operations/operation-exchange.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';

export type Executed = {
  /** No `dataJson` when the variables were wrong and nothing was run. */
  readonly initial: ExecutionResult;
  /** What is deferred, when the client takes answers in parts and there is something; to be read once. */
  readonly rest?: AsyncIterable<IncrementalPayload>;
};

/**
 * Runs a valid operation on its generation. Failures of subgraphs are part of the result.
 *
 * @throws {AppError} when the operation cannot be planned.
 */
export type Execute = (valid: ValidOperation, context: GatewayContext) => Promise<Executed>;
