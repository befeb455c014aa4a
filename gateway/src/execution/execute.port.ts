import type { ExecutionResult } from '@saas/engine';
import type { ValidOperation } from '../operations/operation-exchange.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';

/**
 * Runs a valid operation on its generation. Failures of subgraphs are part of the result.
 *
 * @returns no `dataJson` when the variables were wrong and nothing was run.
 * @throws {AppError} when the operation cannot be planned.
 */
export type Execute = (request: ValidOperation, context: GatewayContext) => Promise<ExecutionResult>;
