import type { SubgraphRequest } from './subgraph-call.ts';

export type SubgraphAnswer = {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors: readonly SubgraphError[];
};

/** An error as a subgraph wrote it: nothing in it is trusted yet. */
export type SubgraphError = {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
};

/**
 * Reads a subgraph's response, or undefined when it is no GraphQL answer to `request`.
 *
 * 200 is an answer. So is 400 with errors: this is how servers refuse a variable's value. Any other status is not,
 * whatever its body says: a proxy may have written it. An answer to an entity fetch must have as many entities as asked.
 */
export const parseAnswer = (
  status: number,
  text: string,
  request: SubgraphRequest,
): SubgraphAnswer | undefined => {
  if (status !== 200 && status !== 400) return undefined;
  const answer = parseFields(text);
  if (answer === undefined) return undefined;
  const { data, errors = [] } = answer;
  if (data !== undefined && data !== null && !isFields(data)) return undefined;
  if (!Array.isArray(errors)) return undefined;
  if (errors.length === 0 && (status === 400 || data === undefined || data === null)) return undefined;
  const representations = request.variables?.['representations'];
  if (isFields(data) && Array.isArray(representations)) {
    const entities = data['_entities'];
    if (!Array.isArray(entities) || entities.length !== representations.length) return undefined;
  }
  return { data, errors: errors.map(errorOf) };
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseFields = (text: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const errorOf = (value: unknown): SubgraphError => {
  const { message, path, extensions } = isFields(value) ? value : {};
  return {
    message: typeof message === 'string' ? message : '',
    path: Array.isArray(path) && path.every(isStep) ? path : undefined,
    extensions: isFields(extensions) ? extensions : {},
  };
};

const isStep = (step: unknown): step is string | number =>
  typeof step === 'string' || typeof step === 'number';
