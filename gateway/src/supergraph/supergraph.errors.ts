import { defineErrors, type ErrorDefinition } from '@saas/kernel';

export const supergraphErrors = defineErrors({
  SUPERGRAPH_CONFIG_INVALID: {
    audience: 'operator',
    retryable: false,
    message: 'The supergraph configuration (rover format) has mistakes.',
  },
  SUPERGRAPH_COMPOSITION_FAILED: {
    audience: 'operator',
    retryable: false,
    message: 'The subgraph schemas do not compose into a supergraph.',
  },
  SUPERGRAPH_UNREADABLE: {
    audience: 'operator',
    retryable: false,
    message: 'The supergraph schema cannot be read; write it with "npm run compose:supergraph".',
  },
  SUPERGRAPH_INVALID: {
    audience: 'operator',
    retryable: false,
    message: 'The supergraph schema is not one that can be planned with.',
  },
  SUPERGRAPH_SOURCE_FAILED: {
    audience: 'operator',
    retryable: true,
    message: 'The supergraph schema cannot be had from its source at the moment.',
  },
});

export type SupergraphErrorCode = keyof typeof supergraphErrors.definitions;

/** One mistake, said so that it can be mended: a permanent code, whose it is, where it stands, what is wrong. */
export type SupergraphProblem = {
  readonly code: string;
  readonly subgraph?: string | undefined;
  /** `file:line:column`, or the path of a setting. */
  readonly location?: string | undefined;
  readonly message: string;
};

/** Every mistake found in one go; its text is for operators and never sent to clients. */
export class SupergraphError extends Error {
  override readonly name = 'SupergraphError';
  readonly code: SupergraphErrorCode;
  readonly definition: ErrorDefinition;
  readonly problems: readonly SupergraphProblem[];

  constructor(code: SupergraphErrorCode, problems: readonly SupergraphProblem[], cause?: unknown) {
    const definition = supergraphErrors.definitions[code];
    super([definition.message, ...problems.map(describeProblem)].join('\n  '), { cause });
    this.code = code;
    this.definition = definition;
    this.problems = problems;
  }
}

/** One line: `[users] INVALID_GRAPHQL at users/schema.graphql:3:5: …`. */
export const describeProblem = ({ code, subgraph, location, message }: SupergraphProblem): string =>
  `${subgraph === undefined ? '' : `[${subgraph}] `}${code}${location === undefined ? '' : ` at ${location}`}: ${message}`;
