import type { PermissionChange, PermissionListener } from './permission-changes.port.ts';

/** Those who listen in one process. One that throws is reported, and keeps nobody else from hearing. */
export class PermissionListeners implements PermissionListener {
  readonly #listeners = new Set<PermissionListener>();
  readonly #onFailure: (error: unknown) => void;

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** @returns what ends that. */
  add(given: PermissionListener): () => void {
    // A copy: whoever subscribes twice is heard twice, and leaves once each.
    const listener = { ...given };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  readonly onChange = (change: PermissionChange): void => {
    this.#each((listener) => listener.onChange(change));
  };

  readonly onGap = (): void => {
    this.#each((listener) => listener.onGap());
  };

  #each(tell: (listener: PermissionListener) => void): void {
    for (const listener of this.#listeners) {
      try {
        tell(listener);
      } catch (error) {
        this.#onFailure(error);
      }
    }
  }
}
