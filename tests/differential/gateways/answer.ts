import type { FetchAnswer, FetchCall } from '@saas/engine';

export type Variables = Readonly<Record<string, unknown>>;

/** How a subgraph is asked, by either gateway. */
export type Call = Pick<FetchCall, 'service' | 'query' | 'variables' | 'operationName'>;
export type AskSubgraph = (call: Call) => Promise<FetchAnswer>;

export type AnswerError = {
  readonly message: string;
  /** Joined by dots; undefined when there is none. */
  readonly path: string | undefined;
  readonly code: string | undefined;
};

export type GatewayAnswer = {
  /** The JSON text of `data`; undefined when nothing was run. */
  readonly dataJson: string | undefined;
  readonly errors: readonly AnswerError[];
  /** Whether something became null that no error speaks of. */
  readonly hasProblems: boolean;
  readonly calls: readonly Call[];
};

export type AskGateway = (
  query: string,
  variables: Variables,
  subgraphs: AskSubgraph,
) => Promise<GatewayAnswer>;
