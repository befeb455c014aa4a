import { Lookout } from './lookout.ts';
import { SupergraphError } from './supergraph.errors.ts';
import type { SupergraphSource } from './supergraph-source.port.ts';

/** A supergraph held in memory and changed by whoever made it. */
export type MemorySource = SupergraphSource & {
  put(supergraphSdl: string): void;
  fail(message: string): void;
};

export const memorySource = (supergraphSdl?: string): MemorySource => {
  let text = supergraphSdl;
  let problem = 'There is no supergraph yet.';
  const lookout = new Lookout(async () => {
    if (text === undefined) throw failure(problem);
    return text;
  });
  return {
    name: 'memory',
    start: async (listener) => lookout.start(listener),
    stop: async () => lookout.stop(),
    put: (next) => {
      text = next;
      lookout.tell(next);
    },
    fail: (message) => {
      text = undefined;
      problem = message;
      lookout.tellFailure(failure(message));
    },
  };
};

const failure = (message: string): SupergraphError =>
  new SupergraphError('SUPERGRAPH_SOURCE_FAILED', [{ code: 'SUPERGRAPH_SOURCE_FAILED', message }]);
