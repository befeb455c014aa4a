import { buildSchema, parse, print, type DocumentNode } from 'graphql';
import { plannerErrors } from './planner.errors.ts';
import type { WantedOperation } from './generation.ts';
import type { ConditionValues, PlanCompiler } from './plan-compiler.port.ts';
import type { Planner, PlannerOptions, PlanRequest } from './planner.ts';
import { SupergraphError } from './supergraph.errors.ts';

/** What the fake engine makes of a plan: enough to see which generation's facts and plan it comes from. For tests. */
export type FakeOperation = {
  readonly field: string;
  readonly plan: unknown;
  readonly conditionValues: ConditionValues | undefined;
};

/** The facts are the names of the root fields. For tests. */
export const fakeCompiler: PlanCompiler<readonly string[], FakeOperation> = {
  factsOf: ({ api }) => Object.keys(api.getQueryType()?.getFields() ?? {}),
  // As if the plan depended on the condition of every operation that declares `$if`.
  conditionsOf: (_, document) =>
    /\$if\b/.test(print(document)) ? (variables) => ({ if: variables['if'] === true }) : undefined,
  prepare: (facts, { documentToPlan, conditionValues }) => ({
    documentToPlan,
    compile: (plan) => ({ field: facts[0] ?? '', plan, conditionValues }),
  }),
};

/** A planner without a thread that answers when it is told to. For tests. */
export type FakePlanner = Planner & {
  readonly supergraphSdl: string;
  readonly asked: PlanRequest[];
  readonly isRetired: () => boolean;
  readonly isStopped: () => boolean;
};

/**
 * Makes planners for supergraphs that are plain schemas; a text with `broken` in it is refused. `gate` holds back loading, and
 * `planOf` may refuse. For tests.
 */
export const fakePlanners = (behaviour: {
  gate?: (supergraphSdl: string) => Promise<void>;
  planOf?: (request: PlanRequest) => Promise<string> | string;
}) => {
  const made: FakePlanner[] = [];
  const startPlanner = ({ supergraphSdl }: PlannerOptions): FakePlanner => {
    const asked: PlanRequest[] = [];
    let state: 'active' | 'retired' | 'stopped' = 'active';
    const planner: FakePlanner = {
      supergraphSdl,
      asked,
      isRetired: () => state === 'retired',
      isStopped: () => state === 'stopped',
      load: async () => {
        await behaviour.gate?.(supergraphSdl);
        if (state === 'stopped') throw plannerErrors.PLANNER_UNAVAILABLE();
        if (supergraphSdl.includes('broken')) throw new SupergraphError('SUPERGRAPH_INVALID', []);
        buildSchema(supergraphSdl);
        return {
          apiSdl: supergraphSdl,

          subgraphs: [{ name: 'a', url: 'http://a/' }],
          thread: undefined,
        };
      },
      validate: async () => [],
      plan: async (request) => {
        asked.push(request);
        return (await behaviour.planOf?.(request)) ?? JSON.stringify({ for: request.operation });
      },
      retire: () => {
        state = 'retired';
      },
      stop: async () => {
        state = 'stopped';
      },
    };
    made.push(planner);
    return planner;
  };
  return { made, startPlanner };
};

/** A promise that is settled from outside. For tests. */
export const deferred = <Value = void>() => {
  let settle: { resolve: (value: Value) => void; reject: (error: unknown) => void } | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    promise,
    resolve: (value: Value) => settle?.resolve(value),
    reject: (error: unknown) => settle?.reject(error),
  };
};

/** `{ name }` as a document. For tests. */
export const query = (...names: readonly string[]): DocumentNode => parse(`{ ${names.join(' ')} }`);

/** An operation without variables. For tests. */
export const wanted = (document: DocumentNode, key: string): WantedOperation => ({
  document,
  operationName: undefined,
  key,
  variables: {},
});
