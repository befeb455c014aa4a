import { resolve } from 'node:path';
import { composeInThread, type Compose } from './compose-in-thread.ts';
import { FileWatch, type FileWatchTimes } from './file-watch.ts';
import { loadSchemas, readSupergraphYaml } from './load-subgraphs.ts';
import { Lookout } from './lookout.ts';
import type { SupergraphSource } from './supergraph-source.port.ts';

export type RoverSourceOptions = Partial<FileWatchTimes> & {
  /** For `${env.NAME}` in the file. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly compose?: Compose;
};

/**
 * rover's `supergraph.yaml`, watched together with the schema files that it names, and composed in a thread of its own.
 * Schemas of running subgraphs are asked for again whenever one of the files changes, not by themselves.
 *
 * Tells `SUPERGRAPH_CONFIG_INVALID` and `SUPERGRAPH_COMPOSITION_FAILED`, each with every problem.
 */
export const roverSource = (file: string, options: RoverSourceOptions): SupergraphSource => {
  const { environment, compose = composeInThread, ...times } = options;
  const path = resolve(file);
  const watch = new FileWatch(() => void lookout.look(), times);
  const lookout: Lookout = new Lookout(async () => {
    const { config, files } = await readSupergraphYaml(file, environment);
    // Also those that are missing now: they may be put there.
    await watch.follow(files);
    return (await compose(await loadSchemas(file, config))).supergraphSdl;
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
