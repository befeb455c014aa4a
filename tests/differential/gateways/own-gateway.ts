import { execute, variablesOf, type EngineError } from '@saas/engine';
import { buildGeneration, engineCompiler, planningSupergraph, type Planner } from '@saas/gateway';
import { systemClock } from '@saas/kernel';
import { parse, type GraphQLSchema } from 'graphql';
import type { AnswerError, AskGateway, Call } from './answer.ts';

export type OwnGateway = { readonly api: GraphQLSchema; readonly ask: AskGateway };

/** A generation of the gateway and its engine; planned in this thread, and without HTTP. */
export const ownGateway = async (supergraphSdl: string): Promise<OwnGateway> => {
  const { generation } = await buildGeneration(1, supergraphSdl, {
    compiler: engineCompiler,
    introspection: true,
    startPlanner: () => plannerHere(supergraphSdl),
    plannerOptions: {},
    cache: { entriesMax: 100, bytesMax: 100_000_000 },
    refusals: { entriesMax: 100, forMs: 1_000 },
    clock: systemClock,
  });
  return {
    api: generation.api,
    ask: async (query, variables, subgraphs) => {
      const calls: Call[] = [];
      const operation = await generation.operationFor({
        document: parse(query),
        operationName: undefined,
        key: query,
        variables,
      });
      const { dataJson, errors, problems } = await execute(operation, {
        variables,
        fetch: async (call) => {
          const asked = { ...call, variables: variablesOf(call) };
          calls.push(asked);
          return subgraphs(asked);
        },
      });
      return { dataJson, errors: errors.map(asError), hasProblems: problems.length > 0, calls };
    },
  };
};

const asError = ({ message, path, code }: EngineError): AnswerError => ({
  message,
  path: path?.join('.'),
  code,
});

const plannerHere = (supergraphSdl: string): Planner => {
  const supergraph = planningSupergraph(supergraphSdl, { isDeferEnabled: false });
  return {
    load: async () => Promise.resolve(supergraph.loaded),
    plan: async ({ operation, operationName }) => {
      const answer = supergraph.plan(operation, operationName);
      if (answer.kind === 'planned') return Promise.resolve(answer.planJson);
      throw new Error(answer.kind === 'unplanned' ? answer.message : answer.kind);
    },
    // Operations are valid when they come here.
    validate: async () => Promise.resolve([]),
    retire: () => undefined,
    stop: async () => Promise.resolve(),
  };
};
