import { holdVariablesNesting } from '../admission/variables-nesting.ts';
import type { DocumentCache } from '../operations/document-cache.ts';
import type { OperationRequest } from '../operations/operation-id.ts';
import type { OperationSource } from '../operations/operation-source.ts';
import type { GatewayRequest, Stage } from './stage.ts';

type Options = {
  readonly sourceOf: (request: OperationRequest) => Promise<OperationSource>;
  readonly documents: DocumentCache;
  readonly variablesNestingMax: number;
};

/**
 * Finds the operation that a request means, by its text or its id, and refuses it when it asks for more than it may.
 * Further in, it is always there as text. A request whose shape is wrong passes: what reads it next refuses it.
 *
 * A query that the client wants remembered is so once it was answered with 200.
 *
 * @throws {AppError} what `operationSource`, `parseDocument`, `admitDocument` and `holdVariablesNesting` throw.
 */
export const useOperation = ({ sourceOf, documents, variablesNestingMax }: Options): Stage => ({
  name: 'operation',
  handle: async (request, next) => {
    const asked = request.method === 'GET' ? fromSearch(request.search) : request.body;
    if (!isFields(asked)) return next(request);
    const { source, remember } = await sourceOf(asked);
    documents.documentOf(source);
    holdVariablesNesting(asked['variables'], variablesNestingMax);
    const reply = await next(withSource(request, asked, source));
    if (reply.status === 200) await remember?.();
    return reply;
  },
});

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined when `variables` or `extensions` are no JSON. */
const fromSearch = (search: string): Fields | undefined => {
  const fields: Fields = Object.fromEntries(new URLSearchParams(search));
  try {
    return { ...fields, ...parsed(fields, 'variables'), ...parsed(fields, 'extensions') };
  } catch {
    return undefined;
  }
};

const parsed = (fields: Fields, name: string): Fields => {
  const text = fields[name];
  return typeof text === 'string' && text !== '' ? { [name]: JSON.parse(text) } : {};
};

/** The same request with its operation as text and without the hash, which may be that of another spelling. */
const withSource = (request: GatewayRequest, asked: Fields, source: string): GatewayRequest => {
  const { persistedQuery: _, ...extensions } = isFields(asked['extensions']) ? asked['extensions'] : {};
  if (request.method !== 'GET') return { ...request, body: { ...asked, query: source, extensions } };
  const search = new URLSearchParams(request.search);
  search.set('query', source);
  search.delete('extensions');
  return { ...request, search: `?${search.toString()}` };
};
