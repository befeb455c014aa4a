import type { PermissionChange } from '@saas/auth';
import type { Redis } from 'ioredis';
import { tidingsText } from './tidings-text.ts';
import { UntoldChanges, type Tidings } from './untold-changes.ts';

/** What could not be told is tried again this often, and as soon as Redis is back. */
const RETRY_MS = 100;

type Options = {
  readonly client: Redis;
  readonly channel: string;
  /** Must not throw. */
  readonly onFailure: (error: unknown) => void;
};

/** Tells of changes through a client whose commands end in time. What cannot be told is kept and repeated. */
export class PermissionTeller {
  readonly #client: Redis;
  readonly #channel: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #untold = new UntoldChanges();
  /** While a repetition is due or under way, nothing else waits for Redis. */
  #retry: NodeJS.Timeout | undefined;
  #isRepeating = false;

  constructor({ client, channel, onFailure }: Options) {
    this.#client = client;
    this.#channel = channel;
    this.#onFailure = onFailure;
    client.on('ready', this.#onReady);
  }

  /** Whether everything was told. */
  get isAllTold(): boolean {
    return this.#untold.isEmpty && !this.#isRepeating;
  }

  /** @returns whether it was told. */
  async publish(change: PermissionChange): Promise<boolean> {
    if (this.isAllTold) return this.#tell(change, this.#onFailure);
    this.#untold.add(change);
    return false;
  }

  /** Tries once more to tell what was not. */
  async close(): Promise<void> {
    this.#client.off('ready', this.#onReady);
    await this.#repeat();
    clearTimeout(this.#retry);
  }

  readonly #onReady = (): void => void this.#repeat();

  async #tell(tidings: Tidings, report: (error: unknown) => void = () => undefined): Promise<boolean> {
    try {
      await this.#client.publish(this.#channel, tidingsText(tidings));
      return true;
    } catch (error) {
      this.#untold.add(tidings);
      report(error);
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined;
        void this.#repeat();
      }, RETRY_MS).unref();
      return false;
    }
  }

  async #repeat(): Promise<void> {
    if (this.#isRepeating || this.#untold.isEmpty) return;
    this.#isRepeating = true;
    const tidings = this.#untold.take();
    // All at once: they share a round trip, and each may be told twice. The failure was reported when it began.
    await Promise.all(tidings.map((each) => this.#tell(each)));
    this.#isRepeating = false;
  }
}
