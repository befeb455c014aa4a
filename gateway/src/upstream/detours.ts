/** Where calls go instead of to their subgraph, for as long as somebody wants that. */
export type Detours = {
  /**
   * Sends the subgraph's calls, from the next one on, to `origin`, with the path that they have.
   *
   * @returns ends it: the next call goes to the subgraph again. Undefined when there is a detour already.
   */
  begin(subgraph: string, origin: string): (() => void) | undefined;
  /** The subgraph's detour now. */
  of(subgraph: string): string | undefined;
  /** Tells of every change of the subgraph's detour. @returns ends the telling. */
  follow(subgraph: string, listener: (origin: string | undefined) => void): () => void;
};

/** The detours of all subgraphs; none at first. */
export const openDetours = (): Detours => {
  const origins = new Map<string, string>();
  const followers = new Set<{ readonly subgraph: string; readonly tell: (origin?: string) => void }>();
  const change = (subgraph: string, origin?: string): void => {
    if (origin === undefined) origins.delete(subgraph);
    else origins.set(subgraph, origin);
    for (const follower of followers) if (follower.subgraph === subgraph) follower.tell(origin);
  };
  return {
    begin: (subgraph, origin) => {
      if (origins.has(subgraph)) return undefined;
      change(subgraph, origin);
      return () => change(subgraph);
    },
    of: (subgraph) => origins.get(subgraph),
    follow: (subgraph, tell) => {
      const follower = { subgraph, tell };
      followers.add(follower);
      return () => void followers.delete(follower);
    },
  };
};
