import type { Viewer } from '@saas/auth';
import { cappedErrors, type ErrorLimits } from '../admission/capped-errors.ts';
import { answerJson } from '../execution/answer-json.ts';
import { clientErrors } from '../execution/client-errors.ts';
import type { Execute } from '../execution/execute.port.ts';
import { RequestErrors } from '../http/request-errors.ts';
import type { OperationReply, ValidOperation } from '../operations/operation-exchange.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';
import type { Handler } from './stage.ts';

type Options = {
  readonly execute: Execute;
  readonly identitiesOf: (viewer: Viewer) => (subgraph: string) => string | undefined;
  readonly errors: ErrorLimits;
};

/**
 * The innermost stage: plans the operation, unless its plan is known, runs it, and writes its answer.
 *
 * @throws {RequestErrors} `BAD_USER_INPUT` for variables that do not fit, before any subgraph is called.
 * @throws {AppError} what the planner and the engine refuse.
 */
export const executeOperation =
  ({ execute, identitiesOf, errors: limits }: Options): Handler<ValidOperation, OperationReply> =>
  async (request) => {
    const { logger, viewer, authorized } = request;
    const context: GatewayContext = {
      ...request,
      clientHeaders: request.headers,
      identityFor: identitiesOf(viewer),
    };
    const { dataJson, errors, problems } = await execute(request, context);
    // Of a part, null may stand where the schema allows none: that was decided, and nobody's mistake.
    const misfits = authorized === undefined ? problems : [];
    const failures = errors.length + misfits.length === 0 ? [] : clientErrors(errors, misfits, logger);
    const told = authorized === undefined ? failures : [...authorized.errors, ...failures];
    if (dataJson === undefined) throw new RequestErrors('BAD_USER_INPUT', cappedErrors(told, limits));
    const json = answerJson({ dataJson, errors: told }, limits);
    return { headers: {}, body: { kind: 'single', json } };
  };
