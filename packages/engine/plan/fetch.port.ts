/** One call of a subgraph, ready to be sent. */
export type FetchCall = {
  readonly service: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly query: string;
  readonly operationName?: string | undefined;
  /** What the client gave of the variables that the query uses. Defaults stand in the query. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether entities are asked for. Such a call reads, and may be repeated. */
  readonly isEntityCall: boolean;
  /** Of a call about entities the variable `representations`: each of its elements in JSON, ready to be sent. */
  readonly representationsJson?: readonly string[] | undefined;
};

export type SubgraphError = {
  readonly message?: string;
  readonly path?: ReadonlyArray<string | number>;
  readonly extensions?: Readonly<Record<string, unknown>>;
};

/** Freshly parsed: the engine alters it and keeps parts of it. What comes from a cache must be cloned first. */
export type FetchAnswer = {
  readonly data?: unknown;
  readonly errors?: readonly SubgraphError[];
  readonly extensions?: unknown;
  /** Given when the data is not what the subgraph says now, but what it said `ageMs` ago or later. */
  readonly degraded?: { readonly ageMs: number } | undefined;
};

/**
 * Asks a subgraph. A rejection costs the fields that this call would have brought, not the whole answer; it becomes an
 * error at each of their places.
 */
export type Fetch = (call: FetchCall) => Promise<FetchAnswer>;
