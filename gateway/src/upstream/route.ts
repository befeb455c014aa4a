import type { Pool } from 'undici';
import type { Detours } from './detours.ts';

/** The connections that a subgraph's calls go over. */
export type Route = {
  /** To be looked at anew for every call. */
  readonly pool: Pick<Pool, 'dispatch'>;
  /** Cuts off whatever is still in hand. */
  close(): Promise<void>;
};

type Options = {
  readonly subgraph: string;
  readonly origin: string;
  readonly open: (origin: string) => Pool;
  readonly detours: Detours | undefined;
};

/** A pool of connections to `origin`; while there is a detour for the subgraph, one to there. Calls in hand end where they began. */
export const openRoute = ({ subgraph, origin, open, detours }: Options): Route => {
  const own = open(origin);
  const opened = new Set<Pool>([own]);
  const leave = async (pool: Pool): Promise<void> => {
    await pool.close().catch(() => undefined);
    opened.delete(pool);
  };
  const route = { pool: own, close: async () => closeAll() };
  const take = (detour: string | undefined): void => {
    const before = route.pool;
    route.pool = detour === undefined ? own : open(detour);
    opened.add(route.pool);
    if (before !== own) void leave(before);
  };
  take(detours?.of(subgraph));
  const unfollow = detours?.follow(subgraph, take);
  const closeAll = async (): Promise<void> => {
    unfollow?.();
    // `destroy`, not `close`: whoever stops us has already waited for the requests in hand.
    await Promise.all([...opened].map(async (pool) => pool.destroy()));
  };
  return route;
};
