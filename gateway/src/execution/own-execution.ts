import { execute, type CompiledOperation } from '@saas/engine';
import type { ValidOperation } from '../operations/operation-exchange.ts';
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
  async (request, context) => {
    const operation = await operationOf(request);
    const fetch = engineFetch(clientsOf(request.generation), context);
    return execute(operation, { variables: request.params.variables, fetch });
  };

const operationOf = async ({ generation, document, params }: ValidOperation): Promise<CompiledOperation> => {
  const { operationName, variables } = params;
  const key = `${document.hash} ${operationName ?? ''}`;
  return (
    generation.remembered(key, variables) ??
    generation.operationFor({ document: document.node, operationName, key, variables })
  );
};
