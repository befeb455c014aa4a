import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export type FileWatchTimes = {
  /** How long it must be quiet before a change counts, in milliseconds; a writer in the middle of writing gets this long. */
  readonly settleMs: number;
  /** How often files are looked at where no notice comes: network drives, folders that come and go. */
  readonly pollMs: number;
};

const times: FileWatchTimes = { settleMs: 100, pollMs: 2_000 };
const SETTLE_TIMES_MAX = 10;

/**
 * Calls back soon after one of some files has changed, appeared or gone, once for changes that come together.
 *
 * It watches their folders: editors and deployments replace a file, and a watch on the file itself would go on looking at the
 * old one. May call back for a change of another file of the same folder.
 */
export class FileWatch {
  readonly #onChange: () => void;
  readonly #times: FileWatchTimes;
  readonly #watchers = new Map<string, FSWatcher>();
  #files: readonly string[] = [];
  #fingerprint = '';
  #poll: NodeJS.Timeout | undefined;
  #settling: { timer: NodeJS.Timeout; rounds: number } | undefined;
  #isStopped = false;

  constructor(onChange: () => void, options: Partial<FileWatchTimes> = {}) {
    this.#onChange = onChange;
    this.#times = { ...times, ...options };
  }

  /** From now on these files, and no others. Returns when a change from here on cannot be missed. */
  async follow(files: readonly string[]): Promise<void> {
    this.#files = files;
    this.#watchFolders();
    this.#fingerprint = await fingerprintOf(files);
    if (this.#isStopped) return;
    this.#poll ??= setInterval(() => void this.#lookAtFiles(), this.#times.pollMs).unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#poll);
    clearTimeout(this.#settling?.timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watchFolders(): void {
    if (this.#isStopped) return;
    const folders = new Set(this.#files.map((file) => dirname(file)));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    const drop = (): void => {
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
    };
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#settle());
      // A folder that is gone, or no watches left in the system: polling goes on, and tries to watch again.
      watcher.on('error', drop);
      this.#watchers.set(folder, watcher);
    } catch {
      drop();
    }
  }

  async #lookAtFiles(): Promise<void> {
    const fingerprint = await fingerprintOf(this.#files);
    if (this.#isStopped || fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    // The folder may be another one by the same name, whose watch would be silent.
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#watchFolders();
    this.#settle();
  }

  #settle(): void {
    if (this.#isStopped) return;
    const rounds = (this.#settling?.rounds ?? 0) + 1;
    // A folder in which something is always being written must not put us off for ever.
    if (rounds > SETTLE_TIMES_MAX) return;
    clearTimeout(this.#settling?.timer);
    const timer = setTimeout(() => {
      this.#settling = undefined;
      this.#onChange();
    }, this.#times.settleMs).unref();
    this.#settling = { timer, rounds };
  }
}

const fingerprintOf = async (files: readonly string[]): Promise<string> => {
  const parts = await Promise.all(
    files.map(async (file) => {
      const found = await stat(file).catch(() => undefined);
      return found === undefined ? 'none' : `${found.ino}:${found.size}:${found.mtimeMs}`;
    }),
  );
  return parts.join(' ');
};
