import { isAppError, type Clock } from '@saas/kernel';
import { parse, print, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { SubgraphAddress } from './load-supergraph.ts';
import { OperationCache, type OperationCacheLimits, type UsedOperation } from './operation-cache.ts';
import type { PlanCompiler } from './plan-compiler.port.ts';
import type { Planner } from './planner.ts';
import { RefusedOperations, type RefusedOperationsLimits } from './refused-operations.ts';

/**
 * One supergraph and everything made from it. A request belongs to the generation that it began on: it is validated, planned and
 * executed on this one's schema, whatever is loaded meanwhile.
 */
export type Generation<Facts, Operation> = {
  /** 1 for the first one of this process; a later generation has a greater one. */
  readonly id: number;
  /** As it came from the source. */
  readonly supergraphSdl: string;
  /** What clients see; valid by construction, so that nobody spends time on checking it. */
  readonly api: GraphQLSchema;
  readonly facts: Facts;
  readonly subgraphs: readonly SubgraphAddress[];
  /**
   * The operation ready to run, planned once for all who ask at the same time and then remembered.
   *
   * @param document valid on `api`.
   * @param key tells operations apart: equal for equal texts and names, different otherwise.
   * @throws {AppError} `OPERATION_TOO_COMPLEX`, `PLANNER_BUSY`, `PLAN_FAILED`, `PLANNER_UNAVAILABLE`, and what the engine refuses.
   */
  operationFor(document: DocumentNode, operationName: string | undefined, key: string): Promise<Operation>;
  /** The same, when it is remembered; saves the hot path its promise. */
  remembered(key: string): Operation | undefined;
  /**
   * Plans ahead what was used in another generation, with more time than a stranger's operation gets. Failing is not remembered.
   *
   * @throws {GraphQLError} when the operation is not valid here. Otherwise as `operationFor`.
   */
  warm(used: UsedOperation): Promise<void>;
  mostUsed(count: number): readonly UsedOperation[];
  /** Remembered operations, and the bytes of their texts. */
  readonly memory: { readonly operations: number; readonly bytes: number };
};

export type GenerationParts<Facts, Operation> = Pick<
  Generation<Facts, Operation>,
  'id' | 'supergraphSdl' | 'api' | 'facts' | 'subgraphs'
> & {
  readonly planner: Planner;
  readonly compiler: PlanCompiler<Facts, Operation>;
  readonly cache: OperationCacheLimits;
  readonly refusals: RefusedOperationsLimits;
  readonly clock: Clock;
};

export const generation = <Facts, Operation>(
  parts: GenerationParts<Facts, Operation>,
): Generation<Facts, Operation> => {
  const { id, supergraphSdl, api, facts, subgraphs } = parts;
  const cache = new OperationCache<Operation>(parts.cache);
  const refused = new RefusedOperations(parts.refusals, parts.clock);
  const underWay = new Map<string, Promise<Operation>>();

  const make = async (wanted: Wanted): Promise<Operation> => {
    const { document, operationName, key, uses, isTrusted } = wanted;
    const prepared = parts.compiler.prepare(facts, document, operationName);
    const toPlan = print(prepared.documentToPlan);
    const planJson = await parts.planner.plan({ operation: toPlan, operationName, isTrusted });
    const operation = prepared.compile(JSON.parse(planJson));
    const text = print(document);
    const bytes = 2 * (planJson.length + text.length);
    cache.set({ key, text, operationName, operation, bytes }, uses);
    return operation;
  };
  /** One for all who ask meanwhile. */
  const once = async (wanted: Wanted): Promise<Operation> => {
    const flying = underWay.get(wanted.key);
    if (flying !== undefined) return flying;
    const flight = make(wanted).finally(() => underWay.delete(wanted.key));
    underWay.set(wanted.key, flight);
    return flight;
  };

  return {
    id,
    supergraphSdl,
    api,
    facts,
    subgraphs,
    operationFor: async (document, operationName, key) => {
      const known = cache.get(key);
      if (known !== undefined) return known;
      const refusal = refused.get(key);
      if (refusal !== undefined) throw refusal;
      try {
        return await once({ document, operationName, key, uses: 1, isTrusted: false });
      } catch (error) {
        if (isAppError(error) && !error.definition.retryable) refused.add(key, error);
        throw error;
      }
    },
    remembered: (key) => cache.get(key),
    warm: async ({ text, operationName, key, uses }) => {
      const document = parse(text, { noLocation: true });
      const [problem] = validate(api, document);
      if (problem !== undefined) throw problem;
      await once({ document, operationName, key, uses: Math.floor(uses / 2), isTrusted: true });
    },
    mostUsed: (count) => cache.mostUsed(count),
    get memory() {
      return { operations: cache.size, bytes: cache.bytes };
    },
  };
};

type Wanted = {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly key: string;
  readonly uses: number;
  readonly isTrusted: boolean;
};
