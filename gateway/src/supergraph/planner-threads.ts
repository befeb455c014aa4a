import { setTimeout as wait } from 'node:timers/promises';
import { plannerErrors } from './planner.errors.ts';
import type { LoadedSupergraph, PlannerAnswer } from './planner-messages.ts';
import { SupergraphError } from './supergraph.errors.ts';
import { startWorkerThread, ThreadEnded, type WorkerThread } from './worker-thread.ts';

type Options = {
  readonly supergraphSdl: string;
  readonly isDeferEnabled: boolean;
  readonly loadTimeoutMs: number;
  readonly memoryMbMax: number;
  /** Keeps a second thread ready. */
  readonly hasReserve: boolean;
  /** What the second thread plans beforehand, so that its code is compiled when it is needed. */
  readonly rehearsal: () => readonly Rehearsed[];
};

/** An operation that was planned in good time. */
export type Rehearsed = { readonly operation: string; readonly operationName: string | undefined };

/** A thread that has loaded the supergraph. */
export type LoadedThread = {
  readonly thread: WorkerThread;
  readonly supergraph: LoadedSupergraph;
  /** Plans made there: the first ones run code that is not compiled yet. */
  plans: number;
};

type Starting = { readonly loaded: Promise<LoadedThread>; end(): Promise<void>; hasEnded(): boolean };

/** A supergraph that ends its thread again and again must not keep a core busy with starting threads. */
const RESTART_PAUSE_MS = 50;
/** Whoever starts, or reloads in quick succession, needs the processor for something else. */
const RESERVE_PAUSE_MS = 3_000;
/** A thread takes 50 MB for three small subgraphs, and some hundreds for large ones. */
const RESERVE_MEMORY_BYTES_MIN = 512 * 1_024 * 1_024;

/**
 * The thread that plans for one supergraph, and one in reserve that takes over at once when the first is lost: starting and
 * loading one takes 0.3 to 1 s, in which nobody's new operation would be planned.
 */
export class PlannerThreads {
  readonly #options: Options;
  #current: Starting | undefined;
  #reserve: Starting | undefined;
  #reserveTimer: NodeJS.Timeout | undefined;
  #hasStarted = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Starts a thread unless there is one. All who call while it starts share it.
   *
   * @throws {SupergraphError} `SUPERGRAPH_INVALID`. @throws {AppError} `PLANNER_UNAVAILABLE`.
   */
  async loaded(): Promise<LoadedThread> {
    if (this.#current?.hasEnded() === true) this.#current = undefined;
    const current = (this.#current ??= this.#takeReserve() ?? this.#start(this.#hasStarted));
    this.#hasStarted = true;
    try {
      const loaded = await current.loaded;
      if (this.#current === current) this.#keepReserve();
      return loaded;
    } catch (error) {
      if (this.#current === current) this.#current = undefined;
      throw error;
    }
  }

  /** The thread is gone: at once rather than for the next operation, so that nobody waits for another one. */
  replace(): void {
    this.#current = undefined;
    // Whoever plans next meets the same failure, and tries again.
    this.loaded().catch(() => undefined);
  }

  /** Ends all of them; a later call of `loaded` begins anew. */
  async end(): Promise<void> {
    clearTimeout(this.#reserveTimer);
    this.#reserveTimer = undefined;
    const threads = [this.#current, this.#reserve];
    this.#current = undefined;
    this.#reserve = undefined;
    await Promise.all(threads.map(async (starting) => starting?.end()));
  }

  #keepReserve(): void {
    if (!this.#options.hasReserve || this.#reserve !== undefined || this.#reserveTimer !== undefined) return;
    this.#reserveTimer = setTimeout(() => {
      this.#reserveTimer = undefined;
      if (process.availableMemory() < RESERVE_MEMORY_BYTES_MIN) return;
      const starting = this.#start(false);
      const loaded = this.#rehearsed(starting.loaded, () => this.#reserve !== reserve);
      const reserve = { ...starting, loaded };
      this.#reserve = reserve;
      // It is missed when it is needed, and one is started then.
      this.#reserve.loaded.catch(() => undefined);
    }, RESERVE_PAUSE_MS).unref();
  }

  async #rehearsed(loading: Promise<LoadedThread>, isNeeded: () => boolean): Promise<LoadedThread> {
    const loaded = await loading;
    for (const rehearsed of this.#options.rehearsal()) {
      if (isNeeded()) break;
      await loaded.thread.ask({ kind: 'plan', ...rehearsed }, this.#options.loadTimeoutMs);
      loaded.plans += 1;
    }
    return loaded;
  }

  #takeReserve(): Starting | undefined {
    const reserve = this.#reserve;
    this.#reserve = undefined;
    return reserve?.hasEnded() === true ? undefined : reserve;
  }

  #start(afterPause: boolean): Starting {
    let thread: WorkerThread | undefined;
    let hasEnded = false;
    const load = async (): Promise<LoadedThread> => {
      if (afterPause) await wait(RESTART_PAUSE_MS);
      if (hasEnded) throw plannerErrors.PLANNER_UNAVAILABLE();
      thread = startWorkerThread(this.#options.memoryMbMax);
      return this.#load(thread);
    };
    return {
      loaded: load(),
      hasEnded: () => hasEnded || thread?.hasEnded === true,
      end: async () => {
        hasEnded = true;
        await thread?.end();
      },
    };
  }

  async #load(thread: WorkerThread): Promise<LoadedThread> {
    const { supergraphSdl, isDeferEnabled, loadTimeoutMs } = this.#options;
    try {
      const answer = await thread.ask({ kind: 'load', supergraphSdl, isDeferEnabled }, loadTimeoutMs);
      if (answer.kind === 'loaded') return { thread, supergraph: answer.supergraph, plans: 0 };
      throw refusalOf(answer);
    } catch (error) {
      await thread.end();
      throw error instanceof ThreadEnded ? plannerErrors.PLANNER_UNAVAILABLE({}, error) : error;
    }
  }
}

/** What a thread says instead of an answer, as an error. */
export const refusalOf = (answer: PlannerAnswer): Error =>
  answer.kind === 'refused'
    ? new SupergraphError(answer.code, answer.problems)
    : new Error(`An answer of the kind ${answer.kind} was not asked for.`);
