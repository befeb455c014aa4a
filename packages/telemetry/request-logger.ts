import type { Logger } from './logger.ts';

/** What is said in the course of one request. */
export type RequestLogger = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * A logger whose lines carry the id of a request. Its child is made when the first line is written: of most requests
 * nothing is said.
 */
export const requestLogger = (logger: Logger, requestId: string): RequestLogger =>
  new LazyLogger(logger, requestId);

class LazyLogger implements RequestLogger {
  readonly #logger: Logger;
  readonly #requestId: string;
  #child: Logger | undefined;

  constructor(logger: Logger, requestId: string) {
    this.#logger = logger;
    this.#requestId = requestId;
  }

  get debug(): Logger['debug'] {
    const child = this.#lines();
    return child.debug.bind(child);
  }

  get info(): Logger['info'] {
    const child = this.#lines();
    return child.info.bind(child);
  }

  get warn(): Logger['warn'] {
    const child = this.#lines();
    return child.warn.bind(child);
  }

  get error(): Logger['error'] {
    const child = this.#lines();
    return child.error.bind(child);
  }

  #lines(): Logger {
    this.#child ??= this.#logger.child({ requestId: this.#requestId });
    return this.#child;
  }
}
