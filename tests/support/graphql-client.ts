/** Anything in an answer, by its path: tests say what they expect to find. */
export type Fields = { readonly [name: string]: Fields };

export type GraphqlError = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [name: string]: unknown };
};

export type GraphqlAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Fields;
  readonly errors: readonly GraphqlError[];
  /** The codes of `errors`. */
  readonly codes: readonly string[];
  /** The body as it came. */
  readonly text: string;
};

export type Caller = {
  /** An access token. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

export type GraphqlClient = (query: string, variables?: object, caller?: Caller) => Promise<GraphqlAnswer>;

/** Asks one endpoint as a client of another company would: over HTTP, with nothing but the documented headers. */
export const graphqlClient =
  (url: string): GraphqlClient =>
  async (query, variables = {}, caller = {}) => {
    const response = await postJson(url, JSON.stringify({ query, variables }), caller);
    return answerOf(response);
  };

/** Sends a body, JSON or not, as JSON. */
export const postJson = (url: string, body: string, { token, headers }: Caller = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body,
  });

/** Reads an answer; one that is not GraphQL over JSON is an error of the test. */
export const answerOf = async (response: Response): Promise<GraphqlAnswer> => {
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text) as Pick<GraphqlAnswer, 'data'> & Partial<GraphqlAnswer>;
  const codes = errors.map(({ extensions }) => extensions.code);
  return { status: response.status, headers: response.headers, data: data ?? {}, errors, codes, text };
};

const BUSY = /"code":"(UPSTREAM_TIMEOUT|DATABASE_TIMEOUT|DATABASE_UNAVAILABLE)"/;

/**
 * The same client with patience: an answer that says "too slow, try again" is asked for again, as its `retryable` allows.
 * For queries, and for mutations with an idempotency key.
 */
export const patient =
  (graphql: GraphqlClient): GraphqlClient =>
  async (...request) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await graphql(...request);
      if (attempt === 10 || !BUSY.test(answer.text)) return answer;
    }
  };

/** A text of an answer; anything else there is an error of the test. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  throw new Error(`A text was expected, not ${JSON.stringify(value)}.`);
};
