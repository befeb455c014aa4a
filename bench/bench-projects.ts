import { setTimeout as pauseFor } from 'node:timers/promises';
import type { AuthenticatedViewer } from '@saas/auth';
import { bucketOfId, newId, newTenantId, systemClock } from '@saas/kernel';
import { memoryMessageBus, type MessageBus } from '@saas/messaging';
import { readProjectsConfig, startProjects, type RunningProjects } from '@saas/projects';
import { createLogger } from '@saas/telemetry';
import type { BenchShards } from './bench-databases.ts';
import { subgraphClient, type Ask } from './subgraph-client.ts';

const IDENTITY_KEY = 'projects identity key';

export type BenchProjects = {
  readonly services: RunningProjects['services'];
  readonly ask: Ask;
  /** Waits until everything announced so far was told to the bus, so that the relay is idle. */
  readonly settle: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** The whole projects service in this process, on any free port, announcing to the bus or to one on which nobody listens. */
export const startBenchProjects = async (
  shards: BenchShards,
  onStatement?: (sql: string) => void,
  bus: MessageBus = memoryMessageBus(),
): Promise<BenchProjects> => {
  const config = readProjectsConfig({
    PROJECTS_HTTP_PORT: '0',
    PROJECTS_SHARD_URLS: shardUrlsText(shards),
    PROJECTS_IDENTITY_KEY: IDENTITY_KEY,
    PROJECTS_CLAIM_SECRET: 'projects claim secret',
    PROJECTS_LOG_LEVEL: 'silent',
  });
  const running = await startProjects(config, {
    bus,
    logger: createLogger({ name: 'projects', level: 'silent' }),
    ...(onStatement && { onStatement }),
  });
  const client = subgraphClient(running.url, { key: IDENTITY_KEY, audience: 'projects' });
  return {
    services: running.services,
    ask: client.ask,
    settle: async () => {
      while ((await running.waitingAnnouncements()) > 0) await pauseFor(10);
    },
    stop: async () => {
      client.close();
      await running.stop();
    },
  };
};

/** The addresses as the setting `<SERVICE>_SHARD_URLS` has them. */
export const shardUrlsText = (shards: BenchShards): string =>
  shards.map(({ primary, replicas }) => [primary, ...replicas].join(',')).join(';');

/** The owner of a new tenant, an hour old. */
export const newOwner = (): AuthenticatedViewer => {
  const tenantId = newTenantId(systemClock);
  const bucket = bucketOfId(tenantId);
  const anHourAgo = { now: () => new Date(systemClock.now().getTime() - 3_600_000) };
  return {
    status: 'authenticated',
    tenantId,
    userId: newId('usr', bucket, anHourAgo),
    role: 'OWNER',
    sessionId: newId('ses', bucket, anHourAgo),
  };
};
