import { httpErrors } from '../http/http.errors.ts';
import { operationIdOf, type OperationId, type OperationIds } from './operation-id.ts';
import { operationsErrors } from './operations.errors.ts';
import { queryHash } from './query-hash.ts';
import type { QueryStore } from './query-store.ts';
import type { Safelist } from './safelist.ts';

export type OperationSource = {
  readonly source: string;
  /**
   * Present when the client wants the query remembered. Call it once the operation has turned out to be valid, so that
   * the store holds nothing that cannot run. It does not throw for a query, only for a store that fails.
   */
  readonly remember?: () => Promise<void>;
};

type Options = {
  /** Queries that clients had remembered; without it there are no automatic persisted queries. */
  readonly store?: QueryStore | undefined;
  readonly safelist: Safelist;
  /** Told of each operation that is not in the list, in the mode `log`: by the hash of its text, never by the text. */
  readonly onUnknown?: (operation: { readonly hash: string }) => void;
};

/**
 * Finds the text that a request means: its own query, or a persisted one by id. An operation of the safelist comes in the
 * list's own words, however the client wrote it, so that all of its spellings share one document and one plan.
 *
 * @throws {AppError} `BAD_REQUEST` when neither is given, `PERSISTED_QUERY_INVALID`; `PERSISTED_QUERY_NOT_FOUND`: send
 *   the query as well; `PERSISTED_QUERY_HASH_MISMATCH`, `PERSISTED_QUERY_NOT_SUPPORTED`; by the safelist,
 *   `PERSISTED_QUERY_NOT_IN_LIST`, `OPERATION_NOT_IN_SAFELIST`, `PERSISTED_QUERY_ID_REQUIRED`.
 * @see https://www.apollographql.com/docs/apollo-server/performance/apq
 */
export const operationSource =
  (options: Options) =>
  async (request: OperationIds): Promise<OperationSource> => {
    const id = operationIdOf(request);
    const { query } = request;
    if (typeof query === 'string' && query !== '') return byText(query, id, options);
    if (id === undefined) throw httpErrors.BAD_REQUEST();
    return { source: await byId(id, options) };
  };

const byText = (query: string, id: OperationId | undefined, options: Options): OperationSource => {
  const { store, safelist } = options;
  if (safelist.mode === 'ids') throw operationsErrors.PERSISTED_QUERY_ID_REQUIRED();
  if (id?.isAutomatic === true && queryHash(query) !== id.id) {
    throw operationsErrors.PERSISTED_QUERY_HASH_MISMATCH();
  }
  const source = allowed(query, options);
  if (id?.isAutomatic !== true || store === undefined) return { source };
  return { source, remember: async () => store.set(id.id, query) };
};

const byId = async ({ id, isAutomatic }: OperationId, options: Options): Promise<string> => {
  const { store, safelist } = options;
  const listed = safelist.byId(id);
  if (listed !== undefined) return listed;
  if (!isAutomatic || safelist.mode === 'ids') throw operationsErrors.PERSISTED_QUERY_NOT_IN_LIST();
  if (store === undefined) throw operationsErrors.PERSISTED_QUERY_NOT_SUPPORTED();
  const query = await store.get(id);
  if (query === undefined) throw operationsErrors.PERSISTED_QUERY_NOT_FOUND();
  // It may have been remembered when the list was another one.
  return allowed(query, options);
};

const allowed = (query: string, { safelist, onUnknown }: Options): string => {
  if (safelist.mode === 'off') return query;
  const listed = safelist.sameAs(query);
  if (listed !== undefined) return listed;
  if (safelist.mode !== 'log') throw operationsErrors.OPERATION_NOT_IN_SAFELIST();
  onUnknown?.({ hash: queryHash(query) });
  return query;
};
