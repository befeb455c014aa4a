import {
  generateSigningKey,
  keySetOf,
  memoryRevokedSessions,
  signAccessToken,
  type AuthenticatedViewer,
} from '@saas/auth';
import { bucketOfId, newId, newTenantId, systemClock } from '@saas/kernel';
import { createLogger, memoryLog, type LogLine } from '@saas/telemetry';
import { readGatewayConfig, type GatewayConfig } from '../gateway.config.ts';
import { startGateway } from '../wiring.ts';
import { fakeGraph } from './fake-graph.ts';

export type Answer = {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
};

export const usersKey = 'key-of-the-users-subgraph';

/** What one test makes a subgraph say must not be what the next one is answered with, nor keep its subgraph from being asked. */
const NOTHING_REMEMBERED = 'fallback: { enabled: false }\nbreaker: { failures: 1000000 }';

/** A gateway over two fake subgraphs, with a key that signs tokens it accepts. For tests. */
export const startedGateway = async (yaml = NOTHING_REMEMBERED) => {
  const clock = systemClock;
  const { key } = generateSigningKey();
  const revokedSessions = memoryRevokedSessions(clock);
  const log = memoryLog();
  const graph = await fakeGraph(yaml);
  graph.users.setPage('/.well-known/jwks.json', keySetOf([key]));
  graph.users.setPage('/health', {
    status: 'up',
    checks: {
      database: { status: 'up', parts: [{ name: 'shard-0.primary', status: 'up', details: { lagMs: 0 } }] },
    },
  });
  const configOf = (more: Readonly<Record<string, string>> = {}): GatewayConfig =>
    readGatewayConfig({
      GATEWAY_HTTP_PORT: '0',
      GATEWAY_SUPERGRAPH_FILE: graph.file,
      GATEWAY_CONFIG_FILE: graph.settings,
      GATEWAY_IDENTITY_KEYS: `users=${usersKey},projects=key-of-the-projects-subgraph`,
      GATEWAY_BODY_BYTES_MAX: '20000',
      GATEWAY_UPSTREAM_RESPONSE_BYTES_MAX: '50000',
      GATEWAY_ACCESS_TOKEN_ISSUER: 'users',
      GATEWAY_ACCESS_TOKEN_AUDIENCE: 'gateway',
      ...more,
    });
  const logger = createLogger({ name: 'gateway', level: 'info', destination: log.destination });
  const gateway = await startGateway(configOf(), { logger, clock, revokedSessions });
  const base = new URL(gateway.url).origin;
  return {
    base,
    graph,
    revokedSessions,
    logLines: (): readonly LogLine[] => log.lines(),
    /** Another one over the same subgraphs, which writes no log. */
    startAnother: async (more: Readonly<Record<string, string>> = {}) =>
      startGateway(configOf(more), { logger: createLogger({ name: 'gateway', level: 'silent' }) }),
    tokenOf: async (viewer: AuthenticatedViewer, lifetimeSeconds = 900): Promise<string> => {
      const signer = { key, issuer: 'users', audience: 'gateway', lifetimeSeconds, clock };
      return (await signAccessToken(signer, viewer)).token;
    },
    post: async (body: unknown, headers: Readonly<Record<string, string>> = {}) => {
      const response = await fetch(`${base}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const answer = (await response.json()) as Answer;
      const code = answer.errors?.[0]?.extensions['code'];
      return { status: response.status, headers: response.headers, answer, code };
    },
    stop: async () => {
      await gateway.stop();
      await graph.stop();
    },
  };
};

/** Somebody, in a session of their own. */
export const someViewer = (): AuthenticatedViewer => {
  const tenantId = newTenantId(systemClock);
  const bucket = bucketOfId(tenantId);
  const userId = newId('usr', bucket, systemClock);
  const sessionId = newId('ses', bucket, systemClock);
  return { status: 'authenticated', userId, tenantId, role: 'OWNER', sessionId };
};
