import type { ComposedSupergraph, SubgraphSchema } from './compose-supergraph.ts';
import { SupergraphError } from './supergraph.errors.ts';
import { startWorkerThread, ThreadEnded } from './worker-thread.ts';

const TIMEOUT_MS = 60_000;
const MEMORY_MB_MAX = 4_096;

export type Compose = (schemas: readonly SubgraphSchema[]) => Promise<ComposedSupergraph>;

/**
 * Composes in a thread of its own that ends with the answer: neither requests nor plans wait for it. Otherwise as
 * `composeSupergraph`.
 *
 * @throws {SupergraphError} `SUPERGRAPH_COMPOSITION_FAILED` with every problem, or because it took longer than a minute.
 */
export const composeInThread: Compose = async (schemas) => {
  const thread = startWorkerThread(MEMORY_MB_MAX);
  try {
    const answer = await thread.ask({ kind: 'compose', schemas }, TIMEOUT_MS);
    if (answer.kind === 'refused') throw new SupergraphError(answer.code, answer.problems);
    if (answer.kind !== 'composed')
      throw new Error(`An answer of the kind ${answer.kind} was not asked for.`);
    return { supergraphSdl: answer.supergraphSdl, hints: answer.hints };
  } catch (error) {
    if (!(error instanceof ThreadEnded)) throw error;
    const problem = { code: 'COMPOSITION_UNFINISHED', message: error.message };
    throw new SupergraphError('SUPERGRAPH_COMPOSITION_FAILED', [problem], error);
  } finally {
    await thread.end();
  }
};
