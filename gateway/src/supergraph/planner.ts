import { LostThreads, type LostThreadsLimits } from './lost-threads.ts';
import { plannerErrors } from './planner.errors.ts';
import type { Mistake } from './document-mistakes.ts';
import type { LoadedSupergraph, PlannerAnswer, PlannerQuestion } from './planner-messages.ts';
import { PlannerThreads, refusalOf, type LoadedThread, type Rehearsed } from './planner-threads.ts';
import { ThreadEnded } from './worker-thread.ts';

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
  /** Keeps a second thread loaded, so that planning goes on at once when an operation costs the first one. */
  readonly hasReserve: boolean;
  /** How often operations may cost a thread before others as large are refused for a while. */
  readonly lostThreads: LostThreadsLimits;
};

export const plannerLimits: PlannerLimits = {
  planDeadlineMs: 250,
  loadTimeoutMs: 30_000,
  queueMax: 500,
  memoryMbMax: 2_048,
  hasReserve: true,
  lostThreads: { lossesMax: 3, withinMs: 10_000 },
};

export type PlanRequest = {
  readonly operation: string;
  readonly operationName: string | undefined;
  /** Selections, with every fragment written out wherever it is used. */
  readonly size: number;
  /** Operations that ran before and are only planned anew may take longer. */
  readonly isTrusted?: boolean;
};

export type ValidationRequest = {
  readonly document: string;
  readonly size: number;
  /** Whether the document may ask for the schema. */
  readonly introspection: boolean;
};

/**
 * Plans the operations of one supergraph in a thread of its own, one after the other, small ones first. An operation that exceeds the deadline or
 * the thread's memory ends the thread; another one takes over, and what waited in line is planned there: nobody
 * pays but the offender. After several such operations, others as large are refused with `PLANNER_BUSY` for a while.
 * Two planners do not disturb each other.
 */
export type Planner = {
  /** Starts the thread. @throws {SupergraphError} `SUPERGRAPH_INVALID`. @throws {AppError} `PLANNER_UNAVAILABLE`. */
  load(): Promise<LoadedSupergraph>;
  /**
   * @returns the plan as JSON text.
   * @throws {AppError} `OPERATION_TOO_COMPLEX`, `PLAN_FAILED` (will not change by asking again), `PLANNER_BUSY`, `PLANNER_UNAVAILABLE`.
   */
  plan(request: PlanRequest): Promise<string>;
  /**
   * Looks for mistakes in a large document, in line with the operations to be planned.
   *
   * @throws {AppError} as `plan` does.
   */
  validate(request: ValidationRequest): Promise<readonly Mistake[]>;
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
const OLDEST_EVERY = 4;

type Task = {
  readonly question: Extract<PlannerQuestion, { readonly kind: 'plan' | 'validate' }>;
  readonly size: number;
  readonly isTrusted: boolean;
};
type Job = Task & {
  readonly resolve: (answer: PlannerAnswer) => void;
  readonly reject: (error: unknown) => void;
};

class ThreadedPlanner implements Planner {
  readonly #options: PlannerOptions;
  readonly #limits: PlannerLimits;
  readonly #threads: PlannerThreads;
  readonly #lost: LostThreads;
  readonly #line: Job[] = [];
  #lately: readonly Rehearsed[] = [];
  #turns = 0;
  #isWorking = false;
  #status: 'active' | 'retired' | 'stopped' = 'active';

  constructor(options: PlannerOptions) {
    const { supergraphSdl, isDeferEnabled = false } = options;
    this.#options = options;
    this.#limits = { ...plannerLimits, ...options.limits };
    const rehearsal = (): readonly Rehearsed[] => this.#lately;
    this.#threads = new PlannerThreads({ ...this.#limits, supergraphSdl, isDeferEnabled, rehearsal });
    this.#lost = new LostThreads(this.#limits.lostThreads);
  }

  async load(): Promise<LoadedSupergraph> {
    return (await this.#loaded()).supergraph;
  }

  async plan({ operation, operationName, size, isTrusted = false }: PlanRequest): Promise<string> {
    const question = { kind: 'plan', operation, operationName } as const;
    const planJson = planOf(await this.#inLine({ question, size, isTrusted }));
    this.#lately = [...this.#lately, { operation, operationName }].slice(-COLD_PLANS);
    return planJson;
  }

  async validate({ document, size, introspection }: ValidationRequest): Promise<readonly Mistake[]> {
    const question = { kind: 'validate', document, introspection } as const;
    const answer = await this.#inLine({ question, size, isTrusted: false });
    if (answer.kind === 'validated') return answer.mistakes;
    throw refusalOf(answer);
  }

  retire(): void {
    if (this.#status === 'active') this.#status = 'retired';
    if (!this.#isWorking) void this.#threads.end();
  }

  async stop(): Promise<void> {
    this.#status = 'stopped';
    for (const job of this.#line.splice(0)) job.reject(plannerErrors.PLANNER_UNAVAILABLE());
    await this.#threads.end();
  }

  async #inLine(task: Task): Promise<PlannerAnswer> {
    if (this.#status === 'stopped') throw plannerErrors.PLANNER_UNAVAILABLE();
    if (this.#line.length >= this.#limits.queueMax) throw plannerErrors.PLANNER_BUSY();
    return new Promise<PlannerAnswer>((resolve, reject) => {
      this.#line.push({ ...task, resolve, reject });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      try {
        job.resolve(await this.#askNow(job));
      } catch (error) {
        job.reject(error);
      }
    }
    this.#isWorking = false;
    if (this.#status === 'retired') await this.#threads.end();
  }

  /** The smallest, so that few wait for the large; in every fourth turn the one that has waited longest. */
  #next(): Job | undefined {
    this.#turns += 1;
    if (this.#turns % OLDEST_EVERY === 0) return this.#line.shift();
    const smallest = this.#line.reduce<Job | undefined>(
      (found, job) => (found === undefined || job.size < found.size ? job : found),
      undefined,
    );
    if (smallest !== undefined) this.#line.splice(this.#line.indexOf(smallest), 1);
    return smallest;
  }

  async #askNow({ question, size, isTrusted }: Task): Promise<PlannerAnswer> {
    // Asked only now: those before it in the line may have been of its kind.
    if (!isTrusted && this.#lost.isSuspect(size)) throw plannerErrors.PLANNER_BUSY();
    const loaded = await this.#loaded();
    try {
      const deadlineMs = this.#deadlineMs(loaded, isTrusted);
      const answer = await loaded.thread.ask(question, deadlineMs, loaded.supergraph.thread);
      loaded.plans += 1;
      return answer;
    } catch (error) {
      if (!(error instanceof ThreadEnded)) throw error;
      if (error.reason === 'stopped') throw plannerErrors.PLANNER_UNAVAILABLE({}, error);
      this.#lost.note(size);
      this.#options.onThreadLost?.(error.reason);
      if (this.#status === 'active') this.#threads.replace();
      throw plannerErrors.OPERATION_TOO_COMPLEX({}, error);
    }
  }

  #deadlineMs({ plans }: LoadedThread, isTrusted: boolean): number {
    const factor = isTrusted ? TRUSTED_FACTOR : plans < COLD_PLANS ? COLD_FACTOR : 1;
    return this.#limits.planDeadlineMs * factor;
  }

  async #loaded(): Promise<LoadedThread> {
    if (this.#status === 'stopped') throw plannerErrors.PLANNER_UNAVAILABLE();
    return this.#threads.loaded();
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
