import { join } from 'node:path';
import type { PermissionChanges, RevokedSessions } from '@saas/auth';
import { readChaosPermission, type Environment } from '@saas/config';
import { readGatewayConfig, startGateway, type Gateway } from '@saas/gateway';
import type { MessageBus } from '@saas/messaging';
import { startNotifications, type RunningNotifications } from '@saas/notifications';
import { startProjects, type RunningProjects } from '@saas/projects';
import { gracefulStop, type GracefulStop } from '@saas/resilience';
import { createLogger, prometheusMeter } from '@saas/telemetry';
import { startUsers, type RunningUsers } from '@saas/users';
import { requireDataDir } from './data-dir.ts';
import { CHAOS_SOCKET } from './chaos-control.ts';
import type { LocalConfig } from './local.config.ts';
import { openBus, openPermissionChanges, openRevokedSessions } from './local-adapters.ts';
import { startLocalDatabases } from './local-databases.ts';
import { localSecrets } from './local-secrets.ts';
import { partsEnvironment } from './parts-environment.ts';
import { readParts, standIns, type Parts } from './parts-settings.ts';
import type { Progress } from './progress.ts';
import { requireFreePorts } from './require-free-ports.ts';

export type LocalSystem = {
  readonly users: RunningUsers;
  readonly projects: RunningProjects;
  readonly notifications: RunningNotifications;
  readonly gateway: Gateway;
  /** Where databases and adapters are: for people to read. */
  readonly adapters: Readonly<Record<'databases' | 'events' | 'ended sessions' | 'e-mail', string>>;
  /** In the reverse order of construction. */
  stop(): Promise<void>;
};

/**
 * The whole system in this process: databases, three subgraphs and the gateway. When `<SERVICE>_SHARD_URLS` are given,
 * those servers are used and none are started.
 *
 * @throws {ConfigError} with every mistake in every part's settings; {@link AppError} `PORT_IN_USE` and what the parts
 *   throw. Nothing is left running.
 */
export const startLocalSystem = async (
  config: LocalConfig,
  environment: Environment,
  show: Progress,
): Promise<LocalSystem> => {
  const closing = gracefulStop();
  try {
    return await build(config, environment, show, closing);
  } catch (error) {
    await closing.stop();
    throw error;
  }
};

const build = async (
  config: LocalConfig,
  given: Environment,
  show: Progress,
  closing: GracefulStop,
): Promise<LocalSystem> => {
  await requireDataDir(config.DATA_DIR);
  const secrets = await localSecrets(join(config.DATA_DIR, 'secrets.json'));
  const base = {
    ...partsEnvironment(config, secrets),
    NOTIFICATIONS_MAIL_SPOOL_DIR: join(config.DATA_DIR, 'mail'),
    GATEWAY_CHAOS_SOCKET: join(config.DATA_DIR, CHAOS_SOCKET),
    ...given,
  };
  // Mistakes are shown before anything is started; the URLs of servers that do not run yet are stand-ins.
  const { users, projects, notifications, gateway } = readParts({ ...standIns, ...base });
  await requireFreePorts({
    USERS_HTTP_PORT: users,
    PROJECTS_HTTP_PORT: projects,
    NOTIFICATIONS_HTTP_PORT: notifications,
    GATEWAY_HTTP_PORT: gateway,
  });

  const isExternal = Object.keys(standIns).every((name) => given[name]);
  const databases = isExternal ? undefined : await startLocalDatabases(config, show);
  if (databases) closing.add('databases', () => databases.stop(), { timeoutMs: 30_000 });
  const parts = readParts({ ...databases?.environment, ...base });
  const logger = createLogger({ name: 'local', level: config.LOG_LEVEL });
  // The services share one bus, and the gateway's page shows it.
  const meter = prometheusMeter({ service: 'gateway' });
  const { bus, open, close, describe } = await openBus(config, logger, closing, meter);
  const told = {
    revokedSessions: await openRevokedSessions(config, logger, closing),
    permissionChanges: await openPermissionChanges(config, logger, closing),
  };
  return show.step('Subgraphs and gateway', async () => {
    const running = await startSubgraphs(parts, { bus, ...told }, closing);
    // A bus in memory keeps nothing for those who come later, or have left: it works while everybody listens.
    open();
    closing.add('events', close);
    const started = await startGateway(
      readGatewayConfig({ GATEWAY_SUBGRAPH_URLS: routingUrls(running), ...base }),
      {
        logger: createLogger({ name: 'gateway', level: parts.gateway.LOG_LEVEL }),
        isChaosAllowed: readChaosPermission(given),
        ...told,
        meter,
      },
    );
    closing.add('gateway', () => started.stop(), { timeoutMs: 20_000 });
    const adapters = {
      databases: databases ? `embedded PostgreSQL under ${databases.home}` : 'PostgreSQL by SHARD_URLS',
      events: describe(),
      'e-mail': parts.notifications.SMTP_URL
        ? 'SMTP by NOTIFICATIONS_SMTP_URL'
        : `files in ${parts.notifications.MAIL_SPOOL_DIR} (set NOTIFICATIONS_SMTP_URL for a mail server)`,
      'ended sessions': config.REDIS_URL ? 'Redis' : 'memory (set REDIS_URL for Redis)',
    };
    return { ...running, gateway: started, adapters, stop: () => closing.stop() };
  });
};

type Shared = {
  readonly bus: MessageBus;
  readonly revokedSessions: RevokedSessions;
  readonly permissionChanges: PermissionChanges;
};

const startSubgraphs = async (parts: Parts, shared: Shared, closing: GracefulStop) => {
  const loggerOf = (name: 'users' | 'projects' | 'notifications') =>
    createLogger({ name, level: parts[name].LOG_LEVEL });
  const users = await startUsers(parts.users, { ...shared, logger: loggerOf('users') });
  closing.add('users', () => users.stop(), { timeoutMs: 30_000 });
  const projects = await startProjects(parts.projects, { ...shared, logger: loggerOf('projects') });
  closing.add('projects', () => projects.stop(), { timeoutMs: 30_000 });
  const notifications = await startNotifications(
    // Where the users service really listens: its port may have been any free one.
    { ...parts.notifications, CONTACTS_URL: users.url },
    { ...shared, logger: loggerOf('notifications') },
  );
  closing.add('notifications', () => notifications.stop(), { timeoutMs: 30_000 });
  return { users, projects, notifications };
};

const routingUrls = (running: Readonly<Record<string, { readonly url: string }>>): string =>
  Object.entries(running)
    .map(([name, { url }]) => `${name}=${url}`)
    .join(',');
