import { isAppError, type Clock } from '@saas/kernel';
import { parse, print, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { CostTable } from '../admission/cost-table.ts';
import type { AuthorizationTable } from '../authorization/authorization-table.ts';
import type { SupergraphFeature } from '../authorization/supergraph-features.ts';
import { measureDocument } from '../admission/measure-document.ts';
import type { SubgraphAddress } from './load-supergraph.ts';
import { OperationCache, type OperationCacheLimits, type UsedOperation } from './operation-cache.ts';
import { mistakesIn } from './document-validation.ts';
import type { Mistake } from './document-mistakes.ts';
import type { PlanCompiler } from './plan-compiler.port.ts';
import { PlanKeys, type PlanKey } from './plan-keys.ts';
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
  readonly costs: CostTable;
  readonly authorization: AuthorizationTable;
  /** The specifications that the supergraph links, and what is made of each. */
  readonly features: readonly SupergraphFeature[];
  readonly subgraphs: readonly SubgraphAddress[];
  /**
   * The operation ready to run, planned once for all who ask at the same time and then remembered.
   *
   * @throws {AppError} `OPERATION_TOO_COMPLEX`, `PLANNER_BUSY`, `PLAN_FAILED`, `PLANNER_UNAVAILABLE`, and what the engine refuses.
   */
  operationFor(wanted: WantedOperation): Promise<Operation>;
  /** The same, when it is remembered; saves the hot path its promise. @param variables as the client gave them. */
  remembered(key: string, variables: Variables): Operation | undefined;
  /**
   * Where a document does not fit `api`; a document is looked at once, as long as it lives. Large ones are looked at in the planning
   * thread: nobody else waits for them.
   *
   * @throws {AppError} `OPERATION_TOO_COMPLEX`, `PLANNER_BUSY`, `PLANNER_UNAVAILABLE`, for large ones.
   */
  mistakesIn(document: DocumentNode, size: number): readonly Mistake[] | Promise<readonly Mistake[]>;
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

type Variables = Readonly<Record<string, unknown>>;

export type WantedOperation = {
  /** The client's own, valid on `api`; it shapes the answer. */
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /** Tells operations apart: equal for equal texts, names and documents to plan, different otherwise. */
  readonly key: string;
  /** As the client gave them: a few operations have a plan for each combination of their conditions. */
  readonly variables: Variables;
  /**
   * A part of `document` to be planned in its place; what is left out is null in the answer, also where the planner asks for it on
   * its own, as a key.
   */
  readonly documentToPlan?: DocumentNode | undefined;
};

export type GenerationParts<Facts, Operation> = Pick<
  Generation<Facts, Operation>,
  'id' | 'supergraphSdl' | 'api' | 'facts' | 'costs' | 'authorization' | 'features' | 'subgraphs'
> & {
  readonly planner: Planner;
  readonly compiler: PlanCompiler<Facts, Operation>;
  readonly cache: OperationCacheLimits;
  readonly refusals: RefusedOperationsLimits;
  readonly clock: Clock;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
};

export const generation = <Facts, Operation>(
  parts: GenerationParts<Facts, Operation>,
): Generation<Facts, Operation> => {
  const { id, supergraphSdl, api, facts, costs, authorization, features, subgraphs } = parts;
  const { planner, compiler } = parts;
  const cache = new OperationCache<Operation>(parts.cache);
  const refused = new RefusedOperations(parts.refusals, parts.clock);
  const keys = new PlanKeys(parts.cache.entriesMax);
  const underWay = new Map<string, Promise<Operation>>();

  const make = async (job: Job): Promise<Operation> => {
    const { wanted, planKey, uses, isTrusted } = job;
    const { document, operationName, key, documentToPlan = document } = wanted;
    const { conditionValues } = planKey;
    const prepared = compiler.prepare(facts, { document, documentToPlan, operationName, conditionValues });
    const toPlan = print(prepared.documentToPlan);
    const { selections: size } = measureDocument(prepared.documentToPlan);
    const planJson = await planner.plan({ operation: toPlan, operationName, size, isTrusted });
    const operation = prepared.compile(JSON.parse(planJson));
    const text = print(document);
    const bytes = 2 * (planJson.length + text.length);
    // What is left out of a document is decided by one supergraph: never planned ahead for another.
    const ahead = documentToPlan === document ? { key, text, operationName, conditionValues } : undefined;
    cache.set({ key: planKey.key, operation, bytes, ahead }, uses);
    return operation;
  };
  /** One for all who ask meanwhile. */
  const once = async (job: Job): Promise<Operation> => {
    const { key } = job.planKey;
    const flying = underWay.get(key);
    if (flying !== undefined) return flying;
    const flight = make(job).finally(() => underWay.delete(key));
    underWay.set(key, flight);
    return flight;
  };
  const planKeyOf = ({ key, variables, document, documentToPlan, operationName }: WantedOperation): PlanKey =>
    keys.of(key, variables) ??
    keys.learn(key, compiler.conditionsOf(facts, documentToPlan ?? document, operationName), variables);
  const remembered = (key: string, variables: Variables): Operation | undefined => {
    const known = cache.get(key);
    if (known !== undefined) return known;
    const planKey = keys.of(key, variables);
    return planKey && cache.get(planKey.key);
  };

  return {
    id,
    supergraphSdl,
    api,
    facts,
    costs,
    authorization,
    features,
    subgraphs,
    remembered,
    operationFor: async (wanted) => {
      const known = remembered(wanted.key, wanted.variables);
      if (known !== undefined) return known;
      const planKey = planKeyOf(wanted);
      const refusal = refused.get(planKey.key);
      if (refusal !== undefined) throw refusal;
      try {
        return await once({ wanted, planKey, uses: 1, isTrusted: false });
      } catch (error) {
        if (isAppError(error) && !error.definition.retryable) refused.add(planKey.key, error);
        throw error;
      }
    },
    warm: async ({ text, operationName, key, uses, conditionValues }) => {
      const document = parse(text, { noLocation: true });
      const [problem] = validate(api, document);
      if (problem !== undefined) throw problem;
      const wanted = { document, operationName, key, variables: conditionValues ?? {} };
      const planKey = planKeyOf(wanted);
      // Which of its plans will be asked for is not known.
      if (planKey.conditionValues !== undefined && conditionValues === undefined) return;
      await once({ wanted, planKey, uses: Math.floor(uses / 2), isTrusted: true });
    },
    mistakesIn: mistakesIn({ api, planner, introspection: parts.introspection }),
    mostUsed: (count) => cache.mostUsed(count),
    get memory() {
      return { operations: cache.size, bytes: cache.bytes };
    },
  };
};

type Job = {
  readonly wanted: WantedOperation;
  readonly planKey: PlanKey;
  readonly uses: number;
  readonly isTrusted: boolean;
};
