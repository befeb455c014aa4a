import { httpPost } from './http-post.ts';
import { operations, requestBody } from './operations.ts';

export type SteadyLoad = {
  /** Resolves when so many more requests were answered. */
  answered(more: number): Promise<void>;
  /** Ends when all are answered; may be called again. */
  stop(): Promise<{ readonly requests: number; readonly failed: readonly string[] }>;
};

const CONNECTIONS = 8;

/** Asks all operations in turn, again and again. An answer that is not what the first one was counts as failed. */
export const steadyLoad = async (url: string): Promise<SteadyLoad> => {
  const post = httpPost(url, CONNECTIONS);
  const bodies = operations.map(requestBody);
  const expected = await Promise.all(bodies.map(post));
  const failed: string[] = [];
  const waiting = new Set<{ readonly until: number; readonly resolve: () => void }>();
  let requests = 0;
  const ending = new AbortController();
  const count = (): void => {
    requests += 1;
    for (const each of waiting) {
      if (requests < each.until) continue;
      waiting.delete(each);
      each.resolve();
    }
  };
  const keepAsking = async (): Promise<void> => {
    for (let turn = 0; !ending.signal.aborted; turn = (turn + 1) % bodies.length) {
      const answer = await post(bodies[turn] ?? '').catch(String);
      if (answer !== expected[turn]) failed.push(answer.slice(0, 200));
      count();
    }
  };
  const workers = Array.from({ length: CONNECTIONS }, keepAsking);
  return {
    answered: async (more) =>
      new Promise((resolve) => {
        waiting.add({ until: requests + more, resolve });
      }),
    stop: async () => {
      ending.abort();
      await Promise.all(workers);
      return { requests, failed };
    },
  };
};
