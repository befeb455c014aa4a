import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Variables } from './cost-sum.ts';
import { operationCost, type CostRules, type OperationCost } from './operation-cost.ts';

/**
 * Holds operations to the limits on cost and list sizes, for one schema. What an operation costs is worked out once, as
 * long as its document lives; after that a request takes as long as its variables matter.
 *
 * @returns the check; it returns the cost, and throws what `operationCost` and its `hold` throw.
 */
export const costCheck = (
  rules: CostRules,
): ((document: DocumentNode, operation: OperationDefinitionNode, variables: Variables) => number) => {
  const costs = new WeakMap<OperationDefinitionNode, OperationCost>();
  return (document, operation, variables) => {
    let cost = costs.get(operation);
    if (cost === undefined) costs.set(operation, (cost = operationCost(rules, document, operation)));
    return cost.hold(variables);
  };
};
