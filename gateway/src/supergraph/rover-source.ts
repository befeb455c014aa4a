import { resolve } from 'node:path';
import { composeInThread, type Compose } from './compose-in-thread.ts';
import { FileWatch, type FileWatchTimes } from './file-watch.ts';
import { loadSchemas, readSupergraphYaml } from './load-subgraphs.ts';
import { Lookout } from './lookout.ts';
import { describeProblem } from './supergraph.errors.ts';
import type { SupergraphSource } from './supergraph-source.port.ts';

export type RoverSourceOptions = Partial<FileWatchTimes> & {
  /** For `${env.NAME}` in the file. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly compose?: Compose;
  /** Told what is odd but works, each thing once: another version wanted, remarks of the composition. */
  readonly onWarning?: (message: string) => void;
};

/**
 * rover's `supergraph.yaml`, watched together with the schema files that it names, and composed in a thread of its own.
 * Schemas of running subgraphs are asked for again whenever one of the files changes, not by themselves.
 *
 * Tells `SUPERGRAPH_CONFIG_INVALID` and `SUPERGRAPH_COMPOSITION_FAILED`, each with every problem.
 */
export const roverSource = (file: string, options: RoverSourceOptions): SupergraphSource => {
  const { environment, compose = composeInThread, onWarning = () => {}, ...times } = options;
  const warned = new Set<string>();
  const warn = (message: string): void => {
    if (warned.has(message)) return;
    warned.add(message);
    onWarning(message);
  };
  const path = resolve(file);
  const watch = new FileWatch(() => void lookout.look(), times);
  const lookout: Lookout = new Lookout(async () => {
    const { config, files, warnings } = await readSupergraphYaml(file, environment);
    for (const warning of warnings) warn(warning);
    // Also those that are missing now: they may be put there.
    await watch.follow(files);
    const { supergraphSdl, hints } = await compose(await loadSchemas(file, config));
    for (const hint of hints) warn(describeProblem(hint));
    return supergraphSdl;
  });
  return {
    name: `rover ${file}`,
    start: async (listener) => {
      await watch.follow([path]);
      await lookout.start(listener);
    },
    stop: async () => {
      watch.stop();
      lookout.stop();
    },
  };
};
