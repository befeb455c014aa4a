import { requirePatience, watchPatience, type Patience } from './patience.ts';

type Options = {
  /** As many as there are connections. */
  readonly placesMax: number;
  /** How long to wait for a place, milliseconds. */
  readonly waitMs: number;
  /** How many may wait. */
  readonly waitingMax: number;
};

/**
 * Who may use a connection: so many at a time, the others in the order of coming. The pool has a queue of its own, but nobody
 * can leave that one.
 */
export class ConnectionPlaces {
  readonly #options: Options;
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(options: Options) {
    this.#options = options;
    this.#free = options.placesMax;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Resolves when there is a place. Whoever gets one gives it back by {@link give}, once.
   *
   * @throws {AppError} what {@link watchPatience} tells, as soon as patience ends.
   * @throws {Error} that `failureOf` takes for an unreachable database: none came free in time, or too many wait.
   */
  async take(patience: Patience): Promise<void> {
    requirePatience(patience);
    if (this.#free > 0) this.#free -= 1;
    else if (this.#waiting.size >= this.#options.waitingMax) throw exhausted();
    else await this.#wait(patience);
  }

  give(): void {
    const [first] = this.#waiting;
    if (first) first();
    else this.#free += 1;
  }

  #wait(patience: Patience): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#waiting.delete(enter);
        clearTimeout(timer);
        unwatch();
      };
      const enter = (): void => {
        end();
        resolve();
      };
      const leave = (reason: unknown): void => {
        end();
        reject(reason);
      };
      const unwatch = watchPatience(patience, leave);
      const timer = setTimeout(() => leave(exhausted()), this.#options.waitMs);
      this.#waiting.add(enter);
    });
  }
}

/** In the pool's own words. */
const exhausted = (): Error => new Error('timeout exceeded when trying to connect');
