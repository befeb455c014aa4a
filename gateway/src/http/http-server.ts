import { createServer, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { HealthSnapshot, Logger, PrometheusMeter } from '@saas/telemetry';
import {
  fastify,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
} from 'fastify';
import { clientAddress } from '../overload/client-address.ts';
import { httpDoor } from '../overload/http-door.ts';
import type { OverloadControl } from '../overload/overload-control.ts';
import type { Handler } from '../stages/stage.ts';
import { compression, isWorthCompressing } from './compression.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { GRAPHIQL_PATH, graphiqlRoute, readGraphiqlPage, type GraphiqlPage } from './graphiql.ts';
import { healthRoutes } from './health-routes.ts';
import type { HttpReply, HttpRequest } from './http-exchange.ts';
import { httpErrors } from './http.errors.ts';
import { metricsRoute } from './metrics-route.ts';
import { writeRaw } from './raw-reply.ts';
import { refusalOf } from './refusal.ts';
import { securityHeaders } from './security-headers.ts';

export const GRAPHQL_PATH = '/graphql';
/** Headers and body of a request have to arrive within this time: a sender of one byte per minute must not hold a connection for ever. */
const REQUEST_MS_MAX = 15_000;
const CHECK_MS = 1_000;
/** An idle connection is closed then; longer than load balancers keep theirs, which would send into a closed one otherwise. */
const KEEP_ALIVE_MS = 72_000;

type Options = {
  readonly handle: Handler<HttpRequest, HttpReply>;
  readonly logger: Logger;
  readonly corsOrigins: ReadonlySet<string>;
  readonly snapshot: () => HealthSnapshot;
  readonly isStopping: () => boolean;
  readonly meter: PrometheusMeter;
  /** Refuses what is too much; undefined: nothing is. */
  readonly overload: OverloadControl | undefined;
  /** Serves GraphiQL and leads browsers to it. */
  readonly graphiql: boolean;
  readonly readPage?: () => Promise<GraphiqlPage>;
};

/** The HTTP side of the gateway: routes and headers. What a request to the graph goes through is in `pipeline.ts`. */
export const httpServer = (options: Options): FastifyInstance => {
  const { logger, corsOrigins, graphiql, readPage = readGraphiqlPage } = options;
  const app = fastify({
    exposeHeadRoutes: false,
    serverFactory: serverOf(options),
    // On closing, idle connections end at once and busy ones with their answer.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (_error, request, reply) => {
      void send(reply, refusalOf(httpErrors.BAD_REQUEST(), request.headers.accept, logger));
    },
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawRefusal(error.code));
    },
  });
  // Not async: what waits for nothing need not cost a turn of the event loop's queue.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'POST' && isGraphql(request.url)) return done();
    void reply.headers(securityHeaders).headers(connectionHeaders(request, options));
    if (request.method === 'OPTIONS') return answerPreflight(corsOrigins, request, reply);
    return done();
  });
  app.setNotFoundHandler(async (request, reply) =>
    send(reply, refusalOf(httpErrors.ROUTE_NOT_FOUND(), request.headers.accept, logger)),
  );
  app.setErrorHandler(async (error, request, reply) => {
    // The client left in the middle of an answer in parts: nobody's failure, and nobody to tell.
    if (hasLeft(error)) return reply.hijack();
    void reply.headers(securityHeaders).headers(connectionHeaders(request, options));
    return send(reply, refusalOf(asRefusal(error), request.headers.accept, logger));
  });
  compression(app);
  // Routes that are declared before a plugin is loaded do not have it.
  void app.register(async (routes) => {
    healthRoutes(routes, { ...options, isOverwhelmed: () => options.overload?.isOverwhelmed === true });
    metricsRoute(routes, options.meter);
    if (graphiql) graphiqlRoute(routes, readPage);
    graphqlRoute(routes, options);
  });
  return app;
};

/** As the framework makes one, with the door before the framework. */
const serverOf =
  (options: Options): FastifyServerFactory =>
  (serve) => {
    const times = {
      requestTimeout: REQUEST_MS_MAX,
      connectionsCheckingInterval: CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    };
    const { overload: control } = options;
    if (control === undefined) return createServer(times, serve);
    const headersFor = (request: IncomingMessage) => connectionHeaders(request, options);
    return createServer(times, httpDoor({ control, isForGraph: isGraphql, headersFor }, serve));
  };

/** Whoever posts there gets all headers with the answer, at once. */
const isGraphql = (url: string): boolean =>
  url.startsWith(GRAPHQL_PATH) && (url.length === GRAPHQL_PATH.length || url[GRAPHQL_PATH.length] === '?');

const graphqlRoute = (app: FastifyInstance, options: Options): void => {
  const { handle, graphiql } = options;
  // The body is read by a stage of the pipeline, with the pipeline's limits and answers.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.route({
    method: ['GET', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE'],
    url: GRAPHQL_PATH,
    handler: async (request, reply) => {
      if (graphiql && isBrowserNavigation(request)) return reply.redirect(GRAPHIQL_PATH, 303);
      const answer = await handle(requestOf(request, reply, options));
      const more = connectionHeaders(request, options);
      const { body } = answer;
      const isWorth = isWorthCompressing(body, request.headers['accept-encoding']);
      if (typeof body === 'string' && !isWorth) {
        writeRaw(reply, answer, body, more);
        return reply;
      }
      void reply.headers(securityHeaders).headers(more);
      if (!isWorth) return send(reply, answer);
      reply.code(answer.status).headers(answer.headers).compress(body);
      return reply;
    },
  });
};

/** What depends on the moment of the answer, and on who asks from where. */
const connectionHeaders = (
  { headers }: Pick<FastifyRequest, 'headers'>,
  { corsOrigins, isStopping }: Options,
): Readonly<Record<string, string>> => {
  const cors = corsHeaders(corsOrigins, headers.origin);
  // A connection that stays open after its last answer would keep us from stopping.
  return isStopping() ? { ...cors, connection: 'close' } : cors;
};

/** The framework looks at the content type before any stage does, and refuses one that is empty or malformed. */
const asRefusal = (error: unknown): unknown =>
  isObject(error) && 'code' in error && error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE'
    ? httpErrors.CONTENT_TYPE_UNSUPPORTED({}, error)
    : error;

const hasLeft = (error: unknown): boolean =>
  isObject(error) && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isBrowserNavigation = ({ method, headers, query }: FastifyRequest): boolean =>
  method === 'GET' &&
  headers.accept?.includes('text/html') === true &&
  !(typeof query === 'object' && query !== null && ('query' in query || 'extensions' in query));

const requestOf = (
  request: FastifyRequest,
  reply: FastifyReply,
  { logger, overload }: Options,
): HttpRequest => {
  const signal = { aborted: false };
  reply.raw.on('close', () => {
    signal.aborted = !reply.raw.writableFinished;
  });
  const queryAt = request.url.indexOf('?');
  return {
    method: request.method,
    headers: headersOf(request),
    search: queryAt < 0 ? '' : request.url.slice(queryAt),
    clientAddress: clientAddress(request.raw, overload?.addressHeader),
    bodyStream: request.raw,
    body: undefined,
    mediaType: 'application/json',
    acceptsParts: false,
    requestId: '',
    logger,
    deadlineAtMs: Number.POSITIVE_INFINITY,
    signal,
  };
};

/** Node joins what came several times, all but `set-cookie`, which no request has a use for. */
const headersOf = ({ headers }: FastifyRequest): HttpRequest['headers'] =>
  headers['set-cookie'] === undefined
    ? (headers as HttpRequest['headers'])
    : { ...headers, 'set-cookie': undefined };

const send = async (reply: FastifyReply, { status, headers, body }: HttpReply): Promise<FastifyReply> =>
  reply
    .code(status)
    .headers(headers)
    .send(typeof body === 'string' ? body : Readable.from(body));

/** What went wrong before there was a request, by the codes of Node; anything else is no HTTP at all. */
const RAW_STATUS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** For bytes of which no request was made: there is no reply to answer with. */
const rawRefusal = (code: string): string => {
  const { message, retryable } = httpErrors.definitions.BAD_REQUEST;
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST', retryable } }] });
  return [
    `HTTP/1.1 ${RAW_STATUS[code] ?? '400 Bad Request'}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
};
