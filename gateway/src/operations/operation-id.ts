import { operationsErrors } from './operations.errors.ts';

/** What a request says about the operation it wants, still as the client wrote it. */
export type OperationIds = {
  readonly query?: unknown;
  readonly extensions?: unknown;
  /** GraphQL over HTTP, appendix "Persisted Documents"; `sha256:` in front of a hash is taken off. */
  readonly documentId?: unknown;
  /** Relay's examples and Facebook's servers. */
  readonly doc_id?: unknown;
  /** Relay's `persistFunction` as most servers know it. */
  readonly id?: unknown;
};

export type OperationId = {
  readonly id: string;
  /** Asked for by Apollo's protocol: the id is the query's hash, and the query may follow. */
  readonly isAutomatic: boolean;
};

const ID_LENGTH_MAX = 256;
const HASH = /^[0-9a-f]{64}$/;

/**
 * The id by which a request asks for its operation; undefined when it does not. Apollo's `extensions.persistedQuery`
 * goes before the others, which count only where there is no query.
 *
 * @throws {AppError} `PERSISTED_QUERY_INVALID`.
 */
export const operationIdOf = (request: OperationIds): OperationId | undefined => {
  const persisted = fieldsOf(fieldsOf(request.extensions)?.['persistedQuery']);
  if (persisted !== undefined) {
    if (persisted['version'] !== 1) throw operationsErrors.PERSISTED_QUERY_INVALID();
    const id = checked(persisted['sha256Hash']);
    // Clients with a manifest use the same extension, with ids that need not be hashes.
    return { id, isAutomatic: HASH.test(id) };
  }
  const given = request.documentId ?? request.doc_id ?? request.id;
  // Beside a query, such a field may mean anything.
  if (given === undefined || given === null || typeof request.query === 'string') return undefined;
  return { id: checked(given).replace(/^sha256:/, ''), isAutomatic: false };
};

const checked = (id: unknown): string => {
  if (typeof id !== 'string' || id.length === 0 || id.length > ID_LENGTH_MAX)
    throw operationsErrors.PERSISTED_QUERY_INVALID();
  return id;
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
