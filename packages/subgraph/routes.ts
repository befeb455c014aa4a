import {
  fullAnswer,
  liveAnswer,
  readyAnswer,
  type HealthSnapshot,
  type PrometheusMeter,
} from '@saas/telemetry';
import type { FastifyInstance } from 'fastify';

/** Something else to answer over HTTP with GET, open to everybody: a key set, metrics. */
export type Route = {
  readonly path: string;
  readonly answer: () => Promise<RouteAnswer>;
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

/** Serves the routes without asking who calls. */
export const addRoutes = (app: FastifyInstance, routes: readonly Route[]): void => {
  for (const { path, answer } of routes) {
    app.get(path, async (_, reply) => {
      const { statusCode = 200, contentType = JSON_TYPE, headers = {}, body } = await answer();
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
