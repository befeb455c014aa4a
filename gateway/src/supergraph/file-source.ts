import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FileWatch, type FileWatchTimes } from './file-watch.ts';
import { Lookout } from './lookout.ts';
import { SupergraphError } from './supergraph.errors.ts';
import type { SupergraphSource } from './supergraph-source.port.ts';

/**
 * A composed supergraph in a file, watched: replaced in place, by renaming, through a symbolic link, deleted and put back.
 *
 * Tells `SUPERGRAPH_UNREADABLE` while the file is missing or empty.
 */
export const fileSource = (file: string, times: Partial<FileWatchTimes> = {}): SupergraphSource => {
  const path = resolve(file);
  const lookout = new Lookout(async () => readText(path, times.settleMs ?? SETTLE_MS));
  const watch = new FileWatch(() => void lookout.look(), times);
  return {
    name: `file ${file}`,
    start: async (listener) => {
      // Watched before it is read, so that a change in between is not missed.
      await watch.follow([path]);
      await lookout.start(listener);
    },
    stop: async () => {
      watch.stop();
      lookout.stop();
    },
  };
};

const SETTLE_MS = 100;
/** Together with the time between two looks: how long a writer may take to fill the file, 4 s unless told otherwise. */
const LOOKS_MAX = 40;

/** Whoever replaces a file in place empties it first: an empty file gets a while to be filled. */
const readText = async (path: string, settleMs: number, looks = 1): Promise<string> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw unreadable(path, message, cause);
  });
  if (text.trim() !== '') return text;
  if (looks >= LOOKS_MAX) throw unreadable(path, 'The file is empty.');
  await wait(settleMs);
  return readText(path, settleMs, looks + 1);
};

const unreadable = (location: string, message: string, cause?: unknown): SupergraphError =>
  new SupergraphError('SUPERGRAPH_UNREADABLE', [{ code: 'SUPERGRAPH_UNREADABLE', location, message }], cause);
