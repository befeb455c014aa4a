import { anonymous } from '@saas/auth';
import { formatConsistencyTokens, mergeConsistencyTokens, parseConsistencyTokens } from '@saas/kernel';
import { noDocument } from '../operations/document-cache.ts';
import type { OperationReply, OperationRequest } from '../operations/operation-exchange.ts';
import { CONSISTENCY_HEADER } from '../stages/consistency.ts';
import type { Handler } from '../stages/stage.ts';
import { tokenKeeper } from '../upstream/token-keeper.ts';
import { readParams, readSearch, type GraphQLParams } from './graphql-params.ts';
import type { HttpReply, HttpRequest } from './http-exchange.ts';
import { httpErrors } from './http.errors.ts';
import type { MediaType } from './media-type.ts';
import { MULTIPART_TYPE, multipart } from './multipart.ts';
import { refusalFor } from './refusal.ts';

type Options = {
  readonly answer: Handler<OperationRequest, OperationReply>;
  /** Operations in one request; 0 where batches are not served. */
  readonly batchMax: number;
};

/**
 * From an HTTP request to its operations, and from their answers to its reply. The operations of a batch are independent:
 * each has its own limits and its own answer, in the order asked.
 *
 * @throws {AppError} `BAD_REQUEST`, `BATCH_NOT_SUPPORTED`, `BATCH_TOO_LARGE`, and what `answer` throws for a single one.
 */
export const answerOperations =
  ({ answer, batchMax }: Options): Handler<HttpRequest, HttpReply> =>
  async (request) => {
    if (Array.isArray(request.body)) return answerBatch(request, request.body, answer, batchMax);
    const params = request.method === 'GET' ? readSearch(request.search) : readParams(request.body);
    return replyOf(request, await answer(operationRequest(request, params)));
  };

const operationRequest = (request: HttpRequest, params: GraphQLParams): OperationRequest => ({
  params,
  isSafe: request.method === 'GET',
  acceptsParts: request.acceptsParts,
  headers: request.headers,
  clientAddress: request.clientAddress,
  requestId: request.requestId,
  logger: request.logger,
  deadlineAtMs: request.deadlineAtMs,
  signal: request.signal,
  document: noDocument,
  viewer: anonymous,
  access: undefined,
  tokens: tokenKeeper(),
});

const replyOf = ({ mediaType }: HttpRequest, { headers, body }: OperationReply): HttpReply => ({
  status: 200,
  headers: {
    'content-type': body.kind === 'single' ? CONTENT_TYPES[mediaType] : MULTIPART_TYPE,
    'cache-control': 'no-store',
    ...headers,
  },
  body: body.kind === 'single' ? body.json : multipart(body.parts),
});

const CONTENT_TYPES: Readonly<Record<MediaType, string>> = {
  'application/json': 'application/json; charset=utf-8',
  'application/graphql-response+json': 'application/graphql-response+json; charset=utf-8',
};

const answerBatch = async (
  request: HttpRequest,
  entries: readonly unknown[],
  answer: Options['answer'],
  batchMax: number,
): Promise<HttpReply> => {
  if (batchMax === 0) throw httpErrors.BATCH_NOT_SUPPORTED();
  if (entries.length === 0) throw httpErrors.BAD_REQUEST();
  if (entries.length > batchMax) throw httpErrors.BATCH_TOO_LARGE({ batchMax });
  const whole = { ...request, acceptsParts: false };
  const answered = await Promise.all(entries.map(async (entry) => answerEntry(whole, entry, answer)));
  return replyOf(request, {
    headers: joined(answered.map(({ headers }) => headers)),
    body: { kind: 'single', json: `[${answered.map(({ json }) => json).join(',')}]` },
  });
};

type Entry = { readonly headers: OperationReply['headers']; readonly json: string };

/** A refused one says so in its place, and leaves the others alone. */
const answerEntry = async (
  request: HttpRequest,
  entry: unknown,
  answer: Options['answer'],
): Promise<Entry> => {
  try {
    const { headers, body } = await answer(operationRequest(request, readParams(entry)));
    if (body.kind === 'single') return { headers, json: body.json };
    throw new Error('An operation of a batch was answered in parts.');
  } catch (error) {
    return { headers: {}, json: refusalFor(error, request.logger).json };
  }
};

/** What any of them wrote, the next request must see. */
const joined = (all: readonly OperationReply['headers'][]): OperationReply['headers'] => {
  const tokens = mergeConsistencyTokens(
    ...all.map((headers) => parseConsistencyTokens(headers[CONSISTENCY_HEADER])),
  );
  const text = formatConsistencyTokens(tokens);
  return { ...Object.assign({}, ...all), ...(text !== undefined && { [CONSISTENCY_HEADER]: text }) };
};
