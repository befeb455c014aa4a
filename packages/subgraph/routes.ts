import type { IncomingHttpHeaders } from 'node:http';
import {
  fullAnswer,
  liveAnswer,
  readyAnswer,
  type HealthSnapshot,
  type PrometheusMeter,
} from '@saas/telemetry';
import type { FastifyInstance } from 'fastify';

/** Something else to answer over HTTP with GET: a key set, metrics. Open to everybody unless it asks who calls by itself. */
export type Route = {
  /** May hold parameters: `/contacts/:userId`. */
  readonly path: string;
  /** A refusal that is thrown is answered as for GraphQL. */
  readonly answer: (request: RouteRequest) => Promise<RouteAnswer>;
};

/** What a route may look at. */
export type RouteRequest = {
  /** By the names in the path, as they came. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
};

/** What a route answers. */
export type RouteAnswer = {
  /** 200 unless said otherwise. */
  readonly statusCode?: number;
  /** JSON unless said otherwise. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body: string | object;
};

/** Serves the routes; none is asked for an identity here. */
export const addRoutes = (app: FastifyInstance, routes: readonly Route[]): void => {
  for (const { path, answer } of routes) {
    app.get<{ Params: Readonly<Record<string, string>> }>(path, async ({ params, headers: given }, reply) => {
      const {
        statusCode = 200,
        contentType = JSON_TYPE,
        headers = {},
        body,
      } = await answer({ params, headers: given });
      return reply.code(statusCode).headers(headers).type(contentType).send(body);
    });
  }
};

/** `/health/live`, `/health/ready` and `/health`; see `liveAnswer`, `readyAnswer` and `fullAnswer`. */
export const healthRoutes = (snapshot: () => HealthSnapshot, isStopping: () => boolean): readonly Route[] => {
  const headers = { 'cache-control': 'no-store' };
  return [
    { path: '/health/live', answer: async () => ({ ...liveAnswer(), headers }) },
    { path: '/health/ready', answer: async () => ({ ...readyAnswer(snapshot(), isStopping()), headers }) },
    { path: '/health', answer: async () => ({ ...fullAnswer(snapshot(), isStopping()), headers }) },
  ];
};

/** `/metrics`, for Prometheus. */
export const metricsRoute = (meter: PrometheusMeter): Route => ({
  path: '/metrics',
  answer: async () => ({ ...(await meter.page()), headers: { 'cache-control': 'no-store' } }),
});

const JSON_TYPE = 'application/json; charset=utf-8';
