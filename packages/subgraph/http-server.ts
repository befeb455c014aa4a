import { setMaxListeners } from 'node:events';
import { IDENTITY_HEADER, verifyIdentity, type Viewer } from '@saas/auth';
import { AppError, type Clock } from '@saas/kernel';
import { withDeadline } from '@saas/resilience';
import type { Logger } from '@saas/telemetry';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { clientErrors } from './client-errors.ts';
import type { GraphqlAnswer } from './graphql-server.ts';
import {
  CONSISTENCY_HEADER,
  deadlineMsOf,
  requestIdOf,
  REQUEST_ID_HEADER,
  tokenKeeper,
  traceparentOf,
  type SubgraphRequest,
} from './subgraph-request.ts';
import { subgraphErrors } from './subgraph.errors.ts';

const SLACK_MS = 5_000;

type Options = {
  readonly name: string;
  readonly identityKey: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly errors: ReturnType<typeof clientErrors>;
  readonly bodyBytesMax: number;
  readonly deadlineMsMax: number;
  /** No connection outlives its answer any more. */
  readonly isStopping: () => boolean;
  /** Aborts when nobody may wait any longer, because we are stopping. */
  readonly stopping: AbortSignal;
  readonly answer: (
    body: unknown,
    headers: { readonly accept?: string | undefined },
    request: SubgraphRequest,
  ) => Promise<GraphqlAnswer>;
};

/**
 * HTTP for GraphQL: `POST /graphql` for whoever proves to be the gateway, before a byte of the body is read.
 *
 * Refusals have the shape of a GraphQL answer: 401 `CALLER_UNKNOWN`, 413 `BODY_TOO_LARGE`, 400 or 415
 * `REQUEST_MALFORMED`, 503 `SERVICE_STOPPING`, 504 `UPSTREAM_TIMEOUT`, 500 masked.
 */
export const httpServer = (options: Options): FastifyInstance => {
  const { bodyBytesMax, deadlineMsMax, logger, stopping } = options;
  // One listener for each request in hand, taken off when it is answered; their number is no sign of a leak.
  setMaxListeners(0, stopping);
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: deadlineMsMax + SLACK_MS,
    genReqId: ({ headers }) => requestIdOf(headers),
    forceCloseConnections: 'idle',
    // Whoever still gets in is answered.
    return503OnClosing: false,
  });
  const viewers = new WeakMap<FastifyRequest, Viewer>();

  app.addHook('onRequest', async (request, reply) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    // A connection that stays open after its last answer would keep us from stopping.
    if (options.isStopping()) void reply.header('connection', 'close');
  });
  app.addHook('onResponse', async ({ id: requestId, method, routeOptions: { url } }, reply) => {
    const ms = Math.round(reply.elapsedTime);
    logger.debug({ requestId, method, route: url, statusCode: reply.statusCode, ms }, 'answered');
  });
  app.setErrorHandler(async (error, request, reply) => refuse(options, error, request, reply));
  app.setNotFoundHandler(async (_, reply) => reply.code(404).send({ status: 'not found' }));
  app.post('/graphql', {
    onRequest: async (request) => {
      viewers.set(request, identityOf(options, request));
    },
    handler: async (request, reply) => {
      const viewer = viewers.get(request) ?? identityOf(options, request);
      return answerGraphql(options, viewer, request, reply);
    },
  });
  return app;
};

const identityOf = ({ identityKey, name, clock }: Options, { headers }: FastifyRequest): Viewer => {
  const token = headers[IDENTITY_HEADER];
  return verifyIdentity(
    { key: identityKey, audience: name, clock },
    Array.isArray(token) ? undefined : token,
  );
};

const answerGraphql = async (
  options: Options,
  viewer: Viewer,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const { name, deadlineMsMax, stopping } = options;
  const { headers, id: requestId } = request;
  const token = tokenKeeper(name, headers);
  const traceparent = traceparentOf(headers);
  const logger = options.logger.child({ requestId });
  const caller = new AbortController();
  const onGone = (): void => {
    if (!reply.raw.writableFinished) caller.abort(subgraphErrors.CALLER_GONE());
  };
  const onStopping = (): void => caller.abort(stopping.reason);
  reply.raw.once('close', onGone);
  stopping.addEventListener('abort', onStopping, { once: true });
  const timeoutMs = deadlineMsOf(headers, deadlineMsMax);
  const endsAtMs = performance.now() + timeoutMs;
  try {
    const answer = await withDeadline({ timeoutMs, parent: caller.signal }, (signal) => {
      // Each statement of the request listens while it runs.
      setMaxListeners(0, signal);
      return options.answer(request.body, headers, {
        viewer,
        requestId,
        origin: traceparent === undefined ? { requestId } : { requestId, traceparent },
        logger,
        signal,
        endsAtMs,
        token: token.asked,
        currentToken: token.current,
        keepToken: token.keep,
      });
    });
    const written = token.answer();
    if (written !== undefined) void reply.header(CONSISTENCY_HEADER, written);
    return await reply.code(answer.statusCode).type(answer.contentType).send(answer.body);
  } finally {
    reply.raw.off('close', onGone);
    stopping.removeEventListener('abort', onStopping);
  }
};

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  CALLER_UNKNOWN: 401,
  BODY_TOO_LARGE: 413,
  UPSTREAM_TIMEOUT: 504,
  SERVICE_STOPPING: 503,
  // Nobody reads this one; 499 is what proxies write into their logs for it.
  CALLER_GONE: 499,
};

const refuse = async (
  { errors, logger }: Options,
  raised: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const { error, statusCode } = foreseen(raised);
  const translated = errors.translate({ message: '' }, error, {
    logger: logger.child({ requestId: request.id }),
  });
  return reply
    .code(statusCode)
    .type('application/json; charset=utf-8')
    .send({ errors: [translated] });
};

/** Fastify's own refusals (a body that is too large, not JSON, of another type) under our codes. */
const foreseen = (raised: unknown): { readonly error: unknown; readonly statusCode: number } => {
  if (raised instanceof AppError) return { error: raised, statusCode: STATUS_BY_CODE[raised.code] ?? 500 };
  const statusCode = raised instanceof Error && 'statusCode' in raised ? Number(raised.statusCode) : 500;
  if (statusCode === 413) return { error: subgraphErrors.BODY_TOO_LARGE(), statusCode };
  if (statusCode >= 400 && statusCode < 500) return { error: subgraphErrors.REQUEST_MALFORMED(), statusCode };
  return { error: raised, statusCode: 500 };
};
