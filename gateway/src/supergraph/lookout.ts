import { SupergraphError } from './supergraph.errors.ts';
import type { SourceListener } from './supergraph-source.port.ts';

/**
 * The common part of the sources that look for themselves: looks once at a time, again when something changed meanwhile, and tells
 * a listener only what is new, as the port promises.
 */
export class Lookout {
  /** @returns undefined when nothing has changed since the last text. @throws {SupergraphError} when there is none. */
  readonly #read: () => Promise<string | undefined>;
  #listener: SourceListener | undefined;
  #lastText: string | undefined;
  #lastFailure: string | undefined;
  #looking: Promise<void> | undefined;
  #isChanged = false;

  constructor(read: () => Promise<string | undefined>) {
    this.#read = read;
  }

  async start(listener: SourceListener): Promise<void> {
    this.#listener = listener;
    await this.look();
  }

  /** @returns when everything that had changed before the call has been told. */
  async look(): Promise<void> {
    this.#isChanged = true;
    this.#looking ??= this.#lookUntilCalm();
    await this.#looking;
  }

  stop(): void {
    this.#listener = undefined;
  }

  tell(text: string | undefined): void {
    const isNew = this.#lastFailure !== undefined || (text !== undefined && text !== this.#lastText);
    this.#lastText = text ?? this.#lastText;
    if (this.#lastText === undefined || !isNew) return;
    this.#lastFailure = undefined;
    this.#listener?.found(this.#lastText);
  }

  tellFailure(error: SupergraphError): void {
    if (error.message === this.#lastFailure) return;
    this.#lastFailure = error.message;
    this.#listener?.failed(error);
  }

  get hasFailed(): boolean {
    return this.#lastFailure !== undefined;
  }

  async #lookUntilCalm(): Promise<void> {
    // The flag is taken before reading: what changes while we read is read again.
    while (this.#isChanged && this.#listener !== undefined) {
      this.#isChanged = false;
      try {
        this.tell(await this.#read());
      } catch (error) {
        if (!(error instanceof SupergraphError)) throw error;
        this.tellFailure(error);
      }
    }
    this.#looking = undefined;
  }
}
