import type { PrometheusMeter } from '@saas/telemetry';
import type { FastifyInstance } from 'fastify';

/** `/metrics`, for Prometheus. */
export const metricsRoute = (app: FastifyInstance, meter: PrometheusMeter): void => {
  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await meter.page();
    return reply.header('cache-control', 'no-store').type(contentType).send(body);
  });
};
