import { fullAnswer, liveAnswer, type HealthAnswer, type HealthSnapshot } from '@saas/telemetry';
import type { FastifyInstance } from 'fastify';
import { BREAKERS_CHECK } from '../upstream/breakers.ts';
import { PERMISSIONS_CHECK } from '../upstream/permission-feed.ts';

type Options = {
  readonly snapshot: () => HealthSnapshot;
  readonly isStopping: () => boolean;
  readonly isOverwhelmed: () => boolean;
};

/**
 * `/health/live`: the process runs; depends on nothing else. `/health/ready`: send requests here. `/health`: everything we
 * stand on, with status and response time, as last sampled in the background.
 */
export const healthRoutes = (
  app: FastifyInstance,
  { snapshot, isStopping, isOverwhelmed }: Options,
): void => {
  const route = (url: string, answer: () => HealthAnswer): void => {
    app.get(url, async (_request, reply) => {
      const { statusCode, body } = answer();
      return reply.code(statusCode).header('cache-control', 'no-store').send(body);
    });
  };
  route('/health/live', liveAnswer);
  route('/health/ready', () => gatewayReadyAnswer(snapshot(), isStopping(), isOverwhelmed()));
  route('/health', () => fullAnswer(overall(snapshot()), isStopping()));
};

/**
 * Ready means: we have a supergraph (we do not listen before), are not stopping, and reach at least one subgraph. One that
 * is down degrades the answers about its own part; to take every gateway out of service for it would take the rest away
 * as well. A gateway that reaches none is cut off itself, and a load balancer may find a better one; so may it for one that has
 * had to refuse much for long.
 */
export const gatewayReadyAnswer = (
  snapshot: HealthSnapshot,
  isStopping: boolean,
  isOverwhelmed: boolean,
): HealthAnswer => {
  const missing = Object.entries(snapshot.checks)
    .filter(([, check]) => check.status === 'down')
    .map(([name]) => name);
  const isReady = !isStopping && !isOverwhelmed && !reachesNone(snapshot);
  return {
    statusCode: isReady ? 200 : 503,
    body: { status: isReady ? 'up' : 'down', isStopping, isOverwhelmed, missing },
  };
};

/** No single subgraph is critical, but all of them together are. */
const overall = (snapshot: HealthSnapshot): HealthSnapshot =>
  reachesNone(snapshot) ? { ...snapshot, status: 'down' } : snapshot;

/** Checks of the gateway itself, which say nothing of reaching a subgraph. */
const OWN_CHECKS: ReadonlySet<string> = new Set([BREAKERS_CHECK, PERMISSIONS_CHECK]);

const reachesNone = ({ checks }: HealthSnapshot): boolean =>
  Object.entries(checks).every(([name, { status }]) => status === 'down' || OWN_CHECKS.has(name));
