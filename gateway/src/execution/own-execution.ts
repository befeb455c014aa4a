import { execute, executeIncrementally, type CompiledOperation } from '@saas/engine';
import type { ValidOperation } from '../operations/operation-exchange.ts';
import { planKey } from '../operations/plan-key.ts';
import { engineFetch } from '../upstream/engine-fetch.ts';
import type { SubgraphClient } from '../upstream/subgraph-call.ts';
import type { Execute } from './execute.port.ts';
import type { ServingGeneration } from './serving-generation.ts';

type Options = {
  readonly clientsOf: (generation: ServingGeneration) => ReadonlyMap<string, SubgraphClient>;
};

/** Our own engine. */
export const ownExecution =
  ({ clientsOf }: Options): Execute =>
  async (request, gatewayContext) => {
    const operation = await operationOf(request);
    const fetch = engineFetch(clientsOf(request.generation), gatewayContext);
    const context = { variables: request.params.variables, fetch };
    if (!request.acceptsParts || !request.document.mayDefer) {
      return { initial: await execute(operation, context) };
    }
    const { initial, rest } = await executeIncrementally(operation, context);
    return initial.hasNext ? { initial, rest } : { initial };
  };

const operationOf = async ({
  generation,
  document,
  operation,
  params: { variables },
  authorized,
}: ValidOperation): Promise<CompiledOperation> => {
  const operationName = operation.name?.value;
  const ofAll = planKey(document.hash, operationName);
  // No name has a space in it: the key of a part cannot be taken for another operation's name.
  const key = authorized === undefined ? ofAll : `${ofAll} ${authorized.key}`;
  const known = generation.remembered(key, variables);
  if (known !== undefined) return known;
  const documentToPlan = authorized?.part;
  return generation.operationFor({ document: document.node, operationName, key, variables, documentToPlan });
};
