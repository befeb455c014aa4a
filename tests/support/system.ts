import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil, type ProvisionedService } from '@saas/local-stack';
import { openLocalSystem, progress, readLocalConfig } from '@saas/scripts';
import { graphqlClient } from './graphql-client.ts';
import { openDatabase, type Service } from './stack.ts';
import { tenants } from './tenants.ts';

export type SystemUnderTest = Awaited<ReturnType<typeof startSystem>>;
type Databases = Readonly<Record<Service, ProvisionedService>>;
type Settings = Readonly<Record<string, string>>;

/**
 * The whole system in this process, on free ports and on databases of its own, with a client for its gateway.
 *
 * @param settings as `npm start` would read them; they win over what is set here.
 */
export const startSystem = async (settings: Settings = {}, given?: Databases) => {
  const databases = given ?? (await freshDatabases());
  const dataDir = await mkdtemp(join(tmpdir(), 'supergraph-system-'));
  const environment = { ...environmentFor(databases), DATA_DIR: dataDir, ...settings };
  const system = await openLocalSystem(readLocalConfig(environment), environment, silent);
  const graphql = graphqlClient(system.gateway.url);
  return {
    ...system,
    url: system.gateway.url,
    origin: new URL(system.gateway.url).origin,
    databases,
    dataDir,
    graphql,
    ...tenants(graphql),
    /** Resolves when everything announced so far has been heard by all who listen, and so has what came of that. */
    drained: () =>
      waitUntil('every announcement to be heard', async () => {
        // In the order in which they listen to each other: asked all at once, a service that had nothing to say may
        // have heard of something by the time that its predecessor is found silent.
        for (const service of [system.users, system.projects, system.notifications])
          if ((await service.waitingAnnouncements()) > 0) return false;
        return true;
      }),
    stop: async () => {
      await system.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

const freshDatabases = async (): Promise<Databases> => {
  const [users, projects, notifications] = await Promise.all([
    openDatabase('users'),
    openDatabase('projects'),
    openDatabase('notifications'),
  ]);
  return { users, projects, notifications };
};

const environmentFor = (databases: Databases): Settings => ({
  LOCAL_LOG_LEVEL: 'silent',
  GATEWAY_HTTP_PORT: '0',
  GATEWAY_HEALTH_INTERVAL_MS: '200',
  // A machine that is busy with other things is slow, not broken.
  GATEWAY_UPSTREAM_TIMEOUT_MS: '30000',
  GATEWAY_REQUEST_DEADLINE_MS: '60000',
  ...Object.fromEntries(
    Object.entries(databases).flatMap(([service, { shards }]) => [
      [`${service.toUpperCase()}_HTTP_PORT`, '0'],
      [`${service.toUpperCase()}_RELAY_IDLE_MS`, '50'],
      [`${service.toUpperCase()}_REQUEST_DEADLINE_MS`, '30000'],
      [
        `${service.toUpperCase()}_SHARD_URLS`,
        shards.map(({ primary, replicas }) => [primary, ...replicas].join(',')).join(';'),
      ],
    ]),
  ),
});

/** Progress for people is not for tests. */
const silent = {
  ...progress(),
  line: () => true,
  step: async <Result>(_: string, work: (report: () => void) => Promise<Result>) => work(() => undefined),
};
