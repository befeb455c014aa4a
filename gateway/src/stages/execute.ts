import type { Viewer } from '@saas/auth';
import { OperationTypeNode } from 'graphql';
import { cappedErrors, type ErrorLimits } from '../admission/capped-errors.ts';
import { answerJson, answerParts, toldErrors } from '../execution/answer-json.ts';
import type { Execute } from '../execution/execute.port.ts';
import type { ServingGeneration } from '../execution/serving-generation.ts';
import { RequestErrors } from '../http/request-errors.ts';
import type { OperationReply, OperationRequest, ValidOperation } from '../operations/operation-exchange.ts';
import type { FallbackRules } from '../upstream/fallback-rules.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';
import type { Handler } from './stage.ts';

type Options = {
  readonly execute: Execute;
  readonly identitiesOf: (viewer: Viewer) => (subgraph: string) => string | undefined;
  readonly errors: ErrorLimits;
  /** How failing calls are answered from memory; they are not unless given. */
  readonly fallbackOf?: ((generation: ServingGeneration) => FallbackRules) | undefined;
};

/**
 * The innermost stage: plans the operation, unless its plan is known, runs it, and writes its answer.
 *
 * @throws {RequestErrors} `BAD_USER_INPUT` for variables that do not fit, before any subgraph is called.
 * @throws {AppError} what the planner and the engine refuse.
 */
export const executeOperation =
  ({ execute, identitiesOf, errors: limits, fallbackOf }: Options): Handler<ValidOperation, OperationReply> =>
  async (valid) => {
    const { request, generation, operation, authorized } = valid;
    const { logger, viewer } = request;
    const isQuery = operation.operation === OperationTypeNode.QUERY;
    const fallback = isQuery ? fallbackOf?.(generation) : undefined;
    const context = contextOf(request, identitiesOf(viewer), fallback);
    const { initial, rest } = await execute(valid, context);
    const own = authorized?.errors ?? [];
    const answering = { logger, limits, own, isWhole: authorized === undefined };
    const told = toldErrors(initial, answering);
    if (initial.dataJson === undefined) throw new RequestErrors('BAD_USER_INPUT', cappedErrors(told, limits));
    const { dataJson, degraded } = initial;
    const json = answerJson(dataJson, told, { limits, degraded });
    // Of what comes in parts nobody knows beforehand.
    const headers = degraded === undefined && rest === undefined ? noHeaders : notStored;
    if (rest === undefined) return { headers, body: { kind: 'single', json } };
    return { headers, body: { kind: 'parts', parts: answerParts(json, rest, answering) } };
  };

const noHeaders: OperationReply['headers'] = {};
const notStored: OperationReply['headers'] = { 'cache-control': 'no-store' };

const contextOf = (
  { requestId, logger, viewer, signal, deadlineAtMs, tokens, headers }: OperationRequest,
  identityFor: GatewayContext['identityFor'],
  fallback: GatewayContext['fallback'],
): GatewayContext => ({
  requestId,
  logger,
  viewer,
  signal,
  deadlineAtMs,
  tokens,
  identityFor,
  clientHeaders: headers,
  fallback,
});
