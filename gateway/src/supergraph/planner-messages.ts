import type { SubgraphSchema } from './compose-supergraph.ts';
import type { SubgraphAddress } from './load-supergraph.ts';
import type { Mistake } from './document-mistakes.ts';
import type { SupergraphErrorCode, SupergraphProblem } from './supergraph.errors.ts';

/** What the planning thread is asked; one question at a time, each answered once. */
export type PlannerQuestion =
  | { readonly kind: 'load'; readonly supergraphSdl: string; readonly isDeferEnabled: boolean }
  | { readonly kind: 'plan'; readonly operation: string; readonly operationName: string | undefined }
  | { readonly kind: 'validate'; readonly document: string; readonly introspection: boolean }
  | { readonly kind: 'compose'; readonly schemas: readonly SubgraphSchema[] };

export type PlannerAnswer =
  | { readonly kind: 'loaded'; readonly supergraph: LoadedSupergraph }
  | { readonly kind: 'planned'; readonly planJson: string }
  | { readonly kind: 'validated'; readonly mistakes: readonly Mistake[] }
  | {
      readonly kind: 'composed';
      readonly supergraphSdl: string;
      readonly hints: readonly SupergraphProblem[];
    }
  | {
      readonly kind: 'refused';
      readonly code: SupergraphErrorCode;
      readonly problems: readonly SupergraphProblem[];
    }
  /** The planner's own limits were exceeded, or it cannot plan this operation. */
  | { readonly kind: 'unplanned'; readonly reason: 'limit' | 'failure'; readonly message: string };

/** What the other threads need to know of a supergraph that the planner has accepted. */
export type LoadedSupergraph = {
  /** What clients see, with descriptions. */
  readonly apiSdl: string;
  readonly subgraphs: readonly SubgraphAddress[];
  /** Of the planning thread; see `threadTimeMs`. */
  readonly thread: number | undefined;
};
