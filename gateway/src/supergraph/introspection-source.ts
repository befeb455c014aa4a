import { setTimeout as wait } from 'node:timers/promises';
import { IntrospectAndCompose } from '@apollo/gateway';
import { introspectSubgraph } from './introspect-subgraph.ts';
import type { SubgraphAddress } from './load-supergraph.ts';
import { Lookout } from './lookout.ts';
import { SupergraphError } from './supergraph.errors.ts';
import type { SupergraphSource } from './supergraph-source.port.ts';

export type IntrospectionSourceOptions = {
  readonly subgraphs: readonly SubgraphAddress[];
  /** Sent to every subgraph. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Between two looks at the subgraphs, in milliseconds; without it, they are asked once. */
  readonly pollMs?: number;
};

/**
 * `IntrospectAndCompose` of @apollo/gateway: asks running subgraphs for their schemas and composes them. For development: it composes
 * on the thread of the requests, and all subgraphs must answer.
 *
 * Tells `SUPERGRAPH_SOURCE_FAILED` when a subgraph does not answer or the schemas do not compose.
 */
export const introspectionSource = (options: IntrospectionSourceOptions): SupergraphSource => {
  const { subgraphs, headers = {}, pollMs } = options;
  const stopped = new AbortController();
  const lookout = new Lookout(async () => undefined);
  let cleanUp: (() => Promise<void>) | undefined;
  const reach = new Reach(() => lookout.tell(undefined));
  const manager = () =>
    new IntrospectAndCompose({
      subgraphs: subgraphs.map(({ name, url }) => ({ name, url })),
      // What goes wrong while polling is only ever said here.
      logger: {
        debug: () => {},
        info: () => {},
        warn: () => {},
        error: (message) => {
          reach.failed();
          lookout.tellFailure(failure(message));
        },
      },
      ...(pollMs === undefined ? {} : { pollIntervalInMs: pollMs }),
    });
  const begin = async (): Promise<boolean> => {
    const hooks = {
      update: (sdl: string) => {
        reach.composed();
        lookout.tell(sdl);
      },
      healthCheck: async () => {},
      getDataSource: ({ url = '' }) => ({ process: async () => reach.watch(url, answerOf(url, headers)) }),
    };
    const [begun] = await Promise.allSettled([manager().initialize(hooks)]);
    // The logger has been told why.
    if (begun.status === 'rejected') return false;
    reach.composed();
    cleanUp = begun.value.cleanup;
    lookout.tell(begun.value.supergraphSdl);
    if (stopped.signal.aborted) await cleanUp?.();
    return true;
  };
  /** The library polls only what it could have at first. */
  const keepBeginning = async (everyMs: number): Promise<void> => {
    while (!stopped.signal.aborted) {
      const pause = wait(everyMs, undefined, { signal: stopped.signal, ref: false });
      const [waited] = await Promise.allSettled([pause]);
      if (waited.status === 'fulfilled' && (await begin())) return;
    }
  };
  return {
    name: `introspection of ${subgraphs.map(({ name }) => name).join(', ')}`,
    start: async (listener) => {
      await lookout.start(listener);
      if (!(await begin()) && pollMs !== undefined) void keepBeginning(pollMs);
    },
    stop: async () => {
      lookout.stop();
      stopped.abort();
      await cleanUp?.();
    },
  };
};

/**
 * Knows when a failure is over that nobody speaks of: the library is silent when subgraphs answer again as they did before.
 */
class Reach {
  readonly #unreachable = new Set<string>();
  readonly #onBack: () => void;
  #isComposable = true;

  constructor(onBack: () => void) {
    this.#onBack = onBack;
  }

  async watch<Answer>(url: string, answer: Promise<Answer>): Promise<Answer> {
    const [outcome] = await Promise.allSettled([answer]);
    if (outcome.status === 'rejected') {
      this.#unreachable.add(url);
      throw outcome.reason;
    }
    const isBack = this.#unreachable.delete(url) && this.#unreachable.size === 0;
    if (isBack && this.#isComposable) this.#onBack();
    return outcome.value;
  }

  failed(): void {
    if (this.#unreachable.size === 0) this.#isComposable = false;
  }

  composed(): void {
    this.#isComposable = true;
  }
}

const answerOf = async (url: string, headers: Readonly<Record<string, string>>) => ({
  data: { _service: { sdl: await introspectSubgraph(url, headers) } },
});

const failure = (message: unknown): SupergraphError =>
  new SupergraphError('SUPERGRAPH_SOURCE_FAILED', [
    { code: 'SUPERGRAPH_SOURCE_FAILED', message: String(message) },
  ]);
