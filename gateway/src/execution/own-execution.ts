import { execute, executeIncrementally } from '@saas/engine';
import type { OperationDefinitionNode } from 'graphql';
import type { ValidOperation } from '../operations/operation-exchange.ts';
import { planKey } from '../operations/plan-key.ts';
import type { WantedOperation } from '../supergraph/generation.ts';
import { engineFetch } from '../upstream/engine-fetch.ts';
import type { SubgraphClient } from '../upstream/subgraph-call.ts';
import type { Execute } from './execute.port.ts';
import type { ServingGeneration } from './serving-generation.ts';

type Options = {
  readonly clientsOf: (generation: ServingGeneration) => ReadonlyMap<string, SubgraphClient>;
};

/** Our own engine. */
export const ownExecution = ({ clientsOf }: Options): Execute => {
  const keyOf = planKeys();
  return async (valid, gatewayContext) => {
    const { request, generation } = valid;
    const { variables } = request.params;
    const key = keyOf(valid);
    const operation =
      generation.remembered(key, variables) ?? (await generation.operationFor(wanted(valid, key)));
    const context = { variables, fetch: engineFetch(clientsOf(generation), gatewayContext) };
    if (!request.acceptsParts || !request.document.mayDefer) {
      return { initial: await execute(operation, context) };
    }
    const { initial, rest } = await executeIncrementally(operation, context);
    return initial.hasNext ? { initial, rest } : { initial };
  };
};

const wanted = ({ request, operation, authorized }: ValidOperation, key: string): WantedOperation => ({
  document: request.document.node,
  operationName: operation.name?.value,
  key,
  variables: request.params.variables,
  documentToPlan: authorized?.part,
});

/** The same text each time: a new one would have to be looked through to find what is kept under it. */
const planKeys = (): ((valid: ValidOperation) => string) => {
  const known = new WeakMap<OperationDefinitionNode, string>();
  return ({ request, operation, authorized }) => {
    let key = known.get(operation);
    if (key === undefined) {
      key = planKey(request.document.hash, operation.name?.value);
      known.set(operation, key);
    }
    // No name has a space in it: the key of a part cannot be taken for another operation's name.
    return authorized === undefined ? key : `${key} ${authorized.key}`;
  };
};
