import { costCheck } from '../admission/cost-check.ts';
import type { CostLimits } from '../admission/operation-cost.ts';
import type { ServingGeneration } from '../execution/serving-generation.ts';
import type { OperationReply, ValidOperation } from '../operations/operation-exchange.ts';
import type { Stage } from './stage.ts';

/**
 * Refuses a valid operation before it is planned when it costs too much or asks for too long lists.
 *
 * @throws {AppError} `LIST_SIZE_EXCEEDED`, `LIST_SIZE_REQUIRED`, `OPERATION_COST_EXCEEDED`.
 */
export const useCost = ({
  costs: limits,
}: {
  readonly costs: CostLimits;
}): Stage<ValidOperation, OperationReply> => {
  const checks = new WeakMap<ServingGeneration, ReturnType<typeof costCheck>>();
  const checkFor = (generation: ServingGeneration): ReturnType<typeof costCheck> => {
    const known = checks.get(generation);
    if (known !== undefined) return known;
    const check = costCheck({ schema: generation.api, table: generation.costs, limits });
    checks.set(generation, check);
    return check;
  };
  return {
    name: 'cost',
    handle: (valid, next) => {
      const { request, generation, operation } = valid;
      checkFor(generation)(request.document.node, operation, request.params.variables);
      return next(valid);
    },
  };
};
