import { setTimeout as wait } from 'node:timers/promises';
import { plannerErrors } from './planner.errors.ts';
import type { LoadedSupergraph, PlannerAnswer } from './planner-messages.ts';
import { SupergraphError } from './supergraph.errors.ts';
import { startWorkerThread, ThreadEnded, type WorkerThread } from './worker-thread.ts';

export type PlannerLimits = {
  /**
   * Longest time for one plan, in milliseconds, waiting in line excluded. Where the system tells it, time in which the thread waited
   * for a processor does not count either, within reason: a busy machine must not make harmless operations look bad.
   */
  readonly planDeadlineMs: number;
  /** Longest time for loading a supergraph, starting the thread included. */
  readonly loadTimeoutMs: number;
  /** Operations that may wait for the planner; more are refused. */
  readonly queueMax: number;
  /**
   * Heap of one planning thread. More than an operation can fill within its deadline: a thread that runs out of memory mostly
   * ends alone, but can take the process with it when it asks for more than 16 MB at once, which is all that Node adds to let it
   * end in order. Seen at 128 MB.
   */
  readonly memoryMbMax: number;
};

export const plannerLimits: PlannerLimits = {
  planDeadlineMs: 250,
  loadTimeoutMs: 30_000,
  queueMax: 500,
  memoryMbMax: 2_048,
};

export type PlanRequest = {
  readonly operation: string;
  readonly operationName: string | undefined;
  /** Operations that ran before and are only planned anew may take longer. */
  readonly isTrusted?: boolean;
};

/**
 * Plans the operations of one supergraph in a thread of its own, one after the other. An operation that exceeds the deadline or
 * the thread's memory ends the thread; a new one is started and loaded, and what waited in line is planned there: nobody
 * pays but the offender. Two planners do not disturb each other.
 */
export type Planner = {
  /** Starts the thread. @throws {SupergraphError} `SUPERGRAPH_INVALID`. @throws {AppError} `PLANNER_UNAVAILABLE`. */
  load(): Promise<LoadedSupergraph>;
  /**
   * @returns the plan as JSON text.
   * @throws {AppError} `OPERATION_TOO_COMPLEX`, `PLAN_FAILED` (will not change by asking again), `PLANNER_BUSY`, `PLANNER_UNAVAILABLE`.
   */
  plan(request: PlanRequest): Promise<string>;
  /** Gives up the thread as soon as nothing waits in line. A later plan starts one for itself. */
  retire(): void;
  /** Ends the thread; whoever waits gets `PLANNER_UNAVAILABLE`. */
  stop(): Promise<void>;
};

export type PlannerOptions = {
  readonly supergraphSdl: string;
  readonly isDeferEnabled?: boolean;
  readonly limits?: Partial<PlannerLimits>;
  /** Called whenever an operation has cost the planner its thread. */
  readonly onThreadLost?: (reason: ThreadEnded['reason']) => void;
};

export const threadedPlanner = (options: PlannerOptions): Planner => new ThreadedPlanner(options);

// A fresh thread runs code that is not compiled yet, 2 to 5 times slower: harmless operations must not be refused for it.
const COLD_PLANS = 20;
const COLD_FACTOR = 4;
const TRUSTED_FACTOR = 8;
/** A supergraph that ends its thread again and again must not keep a core busy with starting threads. */
const RESTART_PAUSE_MS = 50;

type Job = PlanRequest & {
  readonly resolve: (planJson: string) => void;
  readonly reject: (error: unknown) => void;
};

type Ready = { readonly thread: WorkerThread; readonly supergraph: LoadedSupergraph };

class ThreadedPlanner implements Planner {
  readonly #options: PlannerOptions;
  readonly #limits: PlannerLimits;
  readonly #line: Job[] = [];
  #ready: Promise<Ready> | undefined;
  #thread: WorkerThread | undefined;
  #plansOfThread = 0;
  #isWorking = false;
  #status: 'active' | 'retired' | 'stopped' = 'active';

  constructor(options: PlannerOptions) {
    this.#options = options;
    this.#limits = { ...plannerLimits, ...options.limits };
  }

  async load(): Promise<LoadedSupergraph> {
    return (await this.#loaded()).supergraph;
  }

  async plan(request: PlanRequest): Promise<string> {
    if (this.#status === 'stopped') throw plannerErrors.PLANNER_UNAVAILABLE();
    if (this.#line.length >= this.#limits.queueMax) throw plannerErrors.PLANNER_BUSY();
    return new Promise<string>((resolve, reject) => {
      this.#line.push({ ...request, resolve, reject });
      void this.#work();
    });
  }

  retire(): void {
    if (this.#status === 'active') this.#status = 'retired';
    if (!this.#isWorking) void this.#giveUpThread();
  }

  async stop(): Promise<void> {
    this.#status = 'stopped';
    for (const job of this.#line.splice(0)) job.reject(plannerErrors.PLANNER_UNAVAILABLE());
    await this.#giveUpThread();
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let job = this.#line.shift(); job !== undefined; job = this.#line.shift()) {
      try {
        job.resolve(await this.#planNow(job));
      } catch (error) {
        job.reject(error);
      }
    }
    this.#isWorking = false;
    if (this.#status === 'retired') await this.#giveUpThread();
  }

  async #planNow(job: Job): Promise<string> {
    const { thread, supergraph } = await this.#loaded();
    const { operation, operationName } = job;
    try {
      const question = { kind: 'plan', operation, operationName } as const;
      const answer = await thread.ask(question, this.#deadlineMs(job), supergraph.thread);
      this.#plansOfThread += 1;
      return planOf(answer);
    } catch (error) {
      if (!(error instanceof ThreadEnded)) throw error;
      if (error.reason === 'stopped') throw plannerErrors.PLANNER_UNAVAILABLE({}, error);
      this.#options.onThreadLost?.(error.reason);
      this.#startAgain();
      throw plannerErrors.OPERATION_TOO_COMPLEX({}, error);
    }
  }

  #deadlineMs({ isTrusted = false }: Job): number {
    const factor = isTrusted ? TRUSTED_FACTOR : this.#plansOfThread < COLD_PLANS ? COLD_FACTOR : 1;
    return this.#limits.planDeadlineMs * factor;
  }

  /** At once rather than for the next operation, so that nobody waits for it. */
  #startAgain(): void {
    this.#ready = undefined;
    if (this.#status !== 'active') return;
    // Whoever plans next meets the same failure, and tries again.
    this.#loaded().catch(() => undefined);
  }

  /** One thread at a time: all who call while it starts share it. */
  async #loaded(): Promise<Ready> {
    if (this.#status === 'stopped') throw plannerErrors.PLANNER_UNAVAILABLE();
    if (this.#thread?.hasEnded === true) this.#ready = undefined;
    const ready = (this.#ready ??= this.#start());
    try {
      return await ready;
    } catch (error) {
      if (this.#ready === ready) this.#ready = undefined;
      throw error;
    }
  }

  async #start(): Promise<Ready> {
    if (this.#thread !== undefined) await wait(RESTART_PAUSE_MS);
    if (this.#status !== 'active' && !this.#isWorking) throw plannerErrors.PLANNER_UNAVAILABLE();
    const thread = startWorkerThread(this.#limits.memoryMbMax);
    this.#thread = thread;
    this.#plansOfThread = 0;
    const { supergraphSdl, isDeferEnabled = false } = this.#options;
    try {
      const answer = await thread.ask(
        { kind: 'load', supergraphSdl, isDeferEnabled },
        this.#limits.loadTimeoutMs,
      );
      if (answer.kind === 'loaded') return { thread, supergraph: answer.supergraph };
      throw refusalOf(answer);
    } catch (error) {
      await thread.end();
      throw error instanceof ThreadEnded ? plannerErrors.PLANNER_UNAVAILABLE({}, error) : error;
    }
  }

  async #giveUpThread(): Promise<void> {
    const thread = this.#thread;
    this.#ready = undefined;
    this.#thread = undefined;
    await thread?.end();
  }
}

const planOf = (answer: PlannerAnswer): string => {
  if (answer.kind === 'planned') return answer.planJson;
  if (answer.kind !== 'unplanned') throw refusalOf(answer);
  const cause = new Error(answer.message);
  throw answer.reason === 'limit'
    ? plannerErrors.OPERATION_TOO_COMPLEX({}, cause)
    : plannerErrors.PLAN_FAILED({}, cause);
};

const refusalOf = (answer: PlannerAnswer): Error =>
  answer.kind === 'refused'
    ? new SupergraphError(answer.code, answer.problems)
    : new Error(`An answer of the kind ${answer.kind} was not asked for.`);
