import { systemClock, type Clock } from '@saas/kernel';
import type { Logger } from '@saas/telemetry';
import type { GraphQLSchema } from 'graphql';
import { overrideLabels } from '../authorization/supergraph-features.ts';
import { buildGeneration, type BuildOptions, type Built } from './build-generation.ts';
import { tellOperator, type GenerationEvent } from './generation-events.ts';
import type { Generation } from './generation.ts';
import type { OperationCacheLimits, UsedOperation } from './operation-cache.ts';
import type { PlanCompiler } from './plan-compiler.port.ts';
import { threadedPlanner, type Planner, type PlannerLimits, type PlannerOptions } from './planner.ts';
import type { RefusedOperationsLimits } from './refused-operations.ts';
import { SupergraphError } from './supergraph.errors.ts';
import type { SupergraphSource } from './supergraph-source.port.ts';
import { warmUp, type WarmUpLimits } from './warm-up.ts';

export type GenerationsOptions<Facts, Operation> = {
  readonly source: SupergraphSource;
  readonly compiler: PlanCompiler<Facts, Operation>;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly isDeferEnabled?: boolean;
  /** Whether clients may ask for the schema; they may unless it says no. */
  readonly introspection?: boolean;
  readonly planner?: Partial<PlannerLimits>;
  readonly cache?: Partial<OperationCacheLimits>;
  readonly refusals?: Partial<RefusedOperationsLimits>;
  readonly warmUp?: Partial<WarmUpLimits>;
  /** Operations planned ahead in every generation, such as persisted ones; their keys as in `operationFor`. */
  readonly knownOperations?: readonly UsedOperation[];
  /** A last look at a generation before it serves; throwing keeps the one that runs. */
  readonly check?: (candidate: Generation<Facts, Operation>) => Promise<void>;
  /** For metrics. */
  readonly observe?: (event: GenerationEvent) => void;
  readonly startPlanner?: (options: PlannerOptions) => Planner;
};

export type Generations<Facts, Operation> = {
  current(): Generation<Facts, Operation>;
  /** The generation whose API schema this is, also after it was replaced, for whoever still holds the schema. */
  of(api: GraphQLSchema): Generation<Facts, Operation> | undefined;
  /**
   * Counts a request in: it belongs to this generation until it leaves. Leaving twice counts once.
   *
   * @param api of the generation to enter, also when it was replaced; the current one without it, or when nobody knows it.
   */
  enter(api?: GraphQLSchema): Lease<Facts, Operation>;
  /** Called after every swap, in the order of the swaps, before any request enters the new generation. @returns how to stop. */
  onSwap(listener: SwapListener<Facts, Operation>): () => void;
  /**
   * Called when nobody is inside a replaced generation any more; again, when somebody who still held its schema has entered it
   * after that. @returns how to stop.
   */
  onEmpty(listener: EmptyListener<Facts, Operation>): () => void;
  status(): GenerationsStatus;
  /** No more changes; ends all planning threads. Requests in hand still run what was planned. */
  stop(): Promise<void>;
};

export type Lease<Facts, Operation> = {
  readonly generation: Generation<Facts, Operation>;
  readonly leave: () => void;
};

export type SwapListener<Facts, Operation> = (swap: {
  readonly previous: Generation<Facts, Operation>;
  readonly next: Generation<Facts, Operation>;
}) => void;

export type EmptyListener<Facts, Operation> = (generation: Generation<Facts, Operation>) => void;

export type GenerationsStatus = {
  readonly generationId: number;
  /** Requests in hand, by generation; a replaced generation is listed until its last request has ended. */
  readonly inHand: Readonly<Record<number, number>>;
  /** Why what the source has now does not serve; undefined while it does. */
  readonly problem: unknown;
};

/**
 * Keeps the newest good supergraph of a source in service. A candidate is built and warmed beside the running generation and replaces
 * it in one step; whatever goes wrong, the running one stays. Swaps come one after the other, and of changes that arrive
 * meanwhile only the newest is built.
 *
 * @returns when the first generation serves.
 * @throws {SupergraphError} when there is no first one; then nothing is left running.
 */
export const startGenerations = async <Facts, Operation>(
  options: GenerationsOptions<Facts, Operation>,
): Promise<Generations<Facts, Operation>> => {
  const keeper = new GenerationKeeper(options);
  try {
    await keeper.start();
  } catch (error) {
    await keeper.stop();
    throw error;
  }
  return keeper;
};

type Serving<Facts, Operation> = Built<Facts, Operation> & { inHand: number; isRetired: boolean };

class GenerationKeeper<Facts, Operation> implements Generations<Facts, Operation> {
  readonly #options: GenerationsOptions<Facts, Operation>;
  readonly #building: BuildOptions<Facts, Operation>;
  readonly #serving = new Set<Serving<Facts, Operation>>();
  readonly #bySchema = new WeakMap<GraphQLSchema, Serving<Facts, Operation>>();
  readonly #swapListeners = new Set<SwapListener<Facts, Operation>>();
  readonly #emptyListeners = new Set<EmptyListener<Facts, Operation>>();
  #current: Serving<Facts, Operation> | undefined;
  #nextId = 1;
  #newest: string | undefined;
  #work: Promise<void> | undefined;
  #isBuilding = false;
  #candidate: Planner | undefined;
  #problem: unknown;
  #isStopped = false;

  constructor(options: GenerationsOptions<Facts, Operation>) {
    const { compiler, clock = systemClock, startPlanner = threadedPlanner, isDeferEnabled = false } = options;
    this.#options = options;
    this.#building = {
      compiler,
      clock,
      introspection: options.introspection ?? true,
      startPlanner: (plannerOptions) => {
        this.#candidate = startPlanner(plannerOptions);
        return this.#candidate;
      },
      plannerOptions: {
        isDeferEnabled,
        limits: options.planner ?? {},
        onThreadLost: (reason) => this.#tell({ kind: 'planner-lost', reason }),
      },
      cache: { entriesMax: 2_000, bytesMax: 128 * 1_024 * 1_024, ...options.cache },
      refusals: { entriesMax: 1_000, forMs: 300_000, ...options.refusals },
    };
  }

  async start(): Promise<void> {
    await this.#options.source.start({
      found: (supergraphSdl) => {
        this.#newest = supergraphSdl;
        if (!this.#isBuilding) this.#work = this.#buildNewest();
      },
      failed: (error) => this.#refuse(error),
    });
    await this.#work;
    if (this.#current === undefined) throw this.#problem ?? new SupergraphError('SUPERGRAPH_UNREADABLE', []);
    void this.#warm(this.#current.generation);
  }

  current(): Generation<Facts, Operation> {
    return this.#now().generation;
  }

  of(api: GraphQLSchema): Generation<Facts, Operation> | undefined {
    return this.#bySchema.get(api)?.generation;
  }

  enter(api?: GraphQLSchema): Lease<Facts, Operation> {
    const serving = (api && this.#bySchema.get(api)) ?? this.#now();
    let isInside = true;
    serving.inHand += 1;
    this.#serving.add(serving);
    const leave = (): void => {
      if (!isInside) return;
      isInside = false;
      serving.inHand -= 1;
      this.#forget(serving);
    };
    return { generation: serving.generation, leave };
  }

  onSwap(listener: SwapListener<Facts, Operation>): () => void {
    this.#swapListeners.add(listener);
    return () => this.#swapListeners.delete(listener);
  }

  onEmpty(listener: EmptyListener<Facts, Operation>): () => void {
    this.#emptyListeners.add(listener);
    return () => this.#emptyListeners.delete(listener);
  }

  status(): GenerationsStatus {
    const inHand = [...this.#serving].map((each) => [each.generation.id, each.inHand]);
    return {
      generationId: this.current().id,
      inHand: Object.fromEntries(inHand) as Record<number, number>,
      problem: this.#problem,
    };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#newest = undefined;
    await this.#options.source.stop();
    await this.#candidate?.stop();
    await this.#work;
    await Promise.all([...this.#serving].map(async ({ planner }) => planner.stop()));
  }

  async #buildNewest(): Promise<void> {
    this.#isBuilding = true;
    for (let sdl = this.#takeNewest(); sdl !== undefined; sdl = this.#takeNewest()) {
      if (sdl === this.#current?.generation.supergraphSdl) {
        this.#problem = undefined;
        continue;
      }
      try {
        await this.#replaceBy(sdl);
      } catch (error) {
        this.#refuse(error);
      }
    }
    this.#isBuilding = false;
  }

  #takeNewest(): string | undefined {
    const newest = this.#newest;
    this.#newest = undefined;
    return newest;
  }

  async #replaceBy(supergraphSdl: string): Promise<void> {
    const startedMs = performance.now();
    const built = await buildGeneration(this.#nextId, supergraphSdl, this.#building);
    try {
      const warmed = await this.#prepare(built.generation);
      if (this.#isStopped) throw new SupergraphError('SUPERGRAPH_SOURCE_FAILED', []);
      this.#swap({ ...built, inHand: 0, isRetired: false });
      const { id, subgraphs, features } = built.generation;
      const tookMs = performance.now() - startedMs;
      const specifications = [
        ...features.map(({ name, handling }) => `${name}: ${handling}`),
        ...overrideLabels(supergraphSdl).map((label) => `@override(label: "${label}"): never set`),
      ];
      this.#tell({
        kind: 'swapped',
        generationId: id,
        subgraphs: subgraphs.length,
        specifications,
        warmed,
        tookMs,
      });
    } catch (error) {
      await built.planner.stop();
      throw error;
    }
  }

  async #prepare(candidate: Generation<Facts, Operation>): Promise<number> {
    await this.#options.check?.(candidate);
    // The first one is not kept waiting: nobody is served before it.
    if (this.#current === undefined) return 0;
    return this.#warm(candidate, this.#current.generation);
  }

  async #warm(
    candidate: Generation<Facts, Operation>,
    running?: Generation<Facts, Operation>,
  ): Promise<number> {
    const { warmUp: limits, knownOperations: known = [] } = this.#options;
    const isInHaste = (): boolean => this.#newest !== undefined || this.#isStopped;
    return warmUp(running, candidate, { ...limits, known, isInHaste });
  }

  #swap(next: Serving<Facts, Operation>): void {
    const previous = this.#current;
    this.#current = next;
    this.#nextId += 1;
    this.#problem = undefined;
    this.#serving.add(next);
    this.#bySchema.set(next.generation.api, next);
    if (previous === undefined) return;
    previous.isRetired = true;
    previous.planner.retire();
    const swap = { previous: previous.generation, next: next.generation };
    for (const listener of this.#swapListeners) this.#call(() => listener(swap), next.generation.id);
    this.#forget(previous);
  }

  /** What happened has happened, whatever a listener makes of it: its failure is told, and the others are called. */
  #call(listener: () => void, generationId: number): void {
    try {
      listener();
    } catch (error) {
      this.#tell({ kind: 'listener-failed', generationId, error });
    }
  }

  /** A replaced generation that nobody is inside of. Its planner has given up its thread, and takes a new one for stragglers. */
  #forget(serving: Serving<Facts, Operation>): void {
    if (!serving.isRetired || serving.inHand > 0) return;
    this.#serving.delete(serving);
    const { generation } = serving;
    for (const listener of this.#emptyListeners) this.#call(() => listener(generation), generation.id);
  }

  #refuse(error: unknown): void {
    if (this.#isStopped) return;
    this.#problem = error;
    this.#tell({ kind: 'refused', generationId: this.#current?.generation.id, error });
  }

  #tell(event: GenerationEvent): void {
    tellOperator(this.#options.logger, this.#options.source.name, event);
    this.#options.observe?.(event);
  }

  #now(): Serving<Facts, Operation> {
    if (this.#current === undefined) throw new Error('No generation serves before the first one is built.');
    return this.#current;
  }
}
