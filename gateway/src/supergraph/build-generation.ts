import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@saas/kernel';
import { buildASTSchema, parse, type GraphQLSchema } from 'graphql';
import { readCostTable } from '../admission/cost-table.ts';
import { readAuthorizationTable } from '../authorization/authorization-table.ts';
import { featureProblems, supergraphFeatures } from '../authorization/supergraph-features.ts';
import { checkDateTimes } from './date-time-values.ts';
import { generation, type Generation } from './generation.ts';
import type { OperationCacheLimits } from './operation-cache.ts';
import type { PlanCompiler } from './plan-compiler.port.ts';
import type { Planner, PlannerOptions } from './planner.ts';
import type { RefusedOperationsLimits } from './refused-operations.ts';
import { SupergraphError } from './supergraph.errors.ts';

/** A generation and the thread that plans for it, whose owner ends it. */
export type Built<Facts, Operation> = {
  readonly generation: Generation<Facts, Operation>;
  readonly planner: Planner;
};

export type BuildOptions<Facts, Operation> = {
  readonly compiler: PlanCompiler<Facts, Operation>;
  readonly startPlanner: (options: PlannerOptions) => Planner;
  readonly plannerOptions: Omit<PlannerOptions, 'supergraphSdl'>;
  readonly cache: OperationCacheLimits;
  readonly refusals: RefusedOperationsLimits;
  readonly clock: Clock;
  readonly introspection: boolean;
};

/**
 * Makes a generation from a supergraph schema. What blocks for long runs in the planning thread; what is left here is done in
 * pieces, so that requests get their turn in between.
 *
 * @throws {SupergraphError} `SUPERGRAPH_INVALID`. @throws {AppError} `PLANNER_UNAVAILABLE`. Nothing is left behind.
 */
export const buildGeneration = async <Facts, Operation>(
  id: number,
  supergraphSdl: string,
  options: BuildOptions<Facts, Operation>,
): Promise<Built<Facts, Operation>> => {
  const { compiler, clock, cache, refusals, introspection } = options;
  const planner = options.startPlanner({ ...options.plannerOptions, supergraphSdl });
  try {
    const { apiSdl, subgraphs } = await planner.load();
    const problems = featureProblems(supergraphSdl);
    if (problems.length > 0) throw new SupergraphError('SUPERGRAPH_INVALID', problems);
    const api = await schemaOf(apiSdl);
    checkDateTimes(api);
    const supergraph = await schemaOf(supergraphSdl);
    const facts = compiler.factsOf({ supergraph, api });
    await nextTurn();
    const costs = readCostTable(supergraphSdl);
    await nextTurn();
    const authorization = readAuthorizationTable(supergraphSdl);
    await nextTurn();
    return {
      planner,
      generation: generation({
        id,
        supergraphSdl,
        api,
        facts,
        costs,
        authorization,
        features: supergraphFeatures(supergraphSdl),
        subgraphs,
        planner,
        compiler,
        cache,
        refusals,
        clock,
        introspection,
      }),
    };
  } catch (error) {
    await planner.stop();
    throw error;
  }
};

/** The planning thread has accepted the supergraph, and printed the API schema from it: neither is checked again. */
const schemaOf = async (sdl: string): Promise<GraphQLSchema> => {
  await nextTurn();
  const document = parse(sdl, { noLocation: true });
  await nextTurn();
  return buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
};
