import { statSync } from 'node:fs';
import { signingKeyFromPem } from '@saas/auth';
import { ConfigError, readAll, readChaosPermission, type Environment } from '@saas/config';
import { readGatewayConfig, supergraphChoiceOf } from '@saas/gateway';
import { AppError } from '@saas/kernel';
import { readNotificationsConfig } from '@saas/notifications';
import { parseShardMap } from '@saas/postgres';
import { readProjectsConfig } from '@saas/projects';
import { readUsersConfig } from '@saas/users';
import { readLocalConfig, type LocalConfig } from './local.config.ts';

export type Parts = ReturnType<typeof readParts>;

/** The settings of all parts. @throws {ConfigError} with every mistake of each of them. */
export const readParts = (environment: Environment) => readAll(readers(environment));

/**
 * Finds the mistakes in the settings of the whole system without starting anything, those of values that do not go
 * together included; secrets need not be there yet.
 *
 * @throws {ConfigError} with every one of them.
 */
export const readLocalSettings = (environment: Environment): LocalConfig => {
  const stand = 'a stand-in for a secret';
  const key = (service: string) => ({
    [`${service}_IDENTITY_KEY`]: stand,
    [`${service}_CLAIM_SECRET`]: stand,
  });
  const secrets = {
    ...key('USERS'),
    ...key('PROJECTS'),
    ...key('NOTIFICATIONS'),
    NOTIFICATIONS_CONTACTS_URL: 'http://stand-in/',
    USERS_CONTACTS_KEY: stand,
    USERS_PERSONAL_DATA_KEY: stand,
    NOTIFICATIONS_CONTACTS_KEY: stand,
    NOTIFICATIONS_WEBHOOK_KEY: stand,
  };
  const given = { ...standIns, ...secrets, USERS_TOKEN_PRIVATE_KEY: stand, ...environment };
  const local = () => readLocalConfig(environment);
  const parts = readers(given);
  const { config } = readAll({
    config: local,
    ...parts,
    shardMaps: () => requireShardMaps(environment, parts, unlessWrong(local)?.SHARDS),
    tokenKey: () => requireTokenKey(environment),
    ports: () => requireOwnPorts(parts),
    chaos: () => readChaosPermission(environment),
    supergraph: () => requireSupergraph(parts),
  });
  return config;
};

/** URLs of servers that do not run yet. */
export const standIns = {
  USERS_SHARD_URLS: 'postgresql://stand-in/users',
  PROJECTS_SHARD_URLS: 'postgresql://stand-in/projects',
  NOTIFICATIONS_SHARD_URLS: 'postgresql://stand-in/notifications',
};

const readers = (environment: Environment) => ({
  users: () => readUsersConfig(environment),
  projects: () => readProjectsConfig(environment),
  notifications: () => readNotificationsConfig(environment),
  gateway: () => readGatewayConfig(environment),
});

type Readers = ReturnType<typeof readers>;

/** What a part is told, or nothing when it has mistakes, which are reported where it is read for its own sake. */
const unlessWrong = <Config>(read: () => Config): Config | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
};

const requireShardMaps = (
  environment: Environment,
  parts: Readers,
  localShards: number | undefined,
): void => {
  const services = { USERS: parts.users, PROJECTS: parts.projects, NOTIFICATIONS: parts.notifications };
  const problems = Object.entries(services).flatMap(([service, read]) => {
    const config = unlessWrong<{
      readonly SHARD_MAP?: string | undefined;
      readonly SHARD_URLS: readonly { readonly name: string }[];
    }>(read);
    const count = environment[`${service}_SHARD_URLS`] ? config?.SHARD_URLS.length : localShards;
    if (config?.SHARD_MAP === undefined || count === undefined) return [];
    const names = Array.from({ length: count }, (_, index) => `shard-${index}`);
    const isGood = isForeseenlyGood(() => parseShardMap(config.SHARD_MAP ?? '', names));
    return isGood
      ? []
      : [`${service}_SHARD_MAP: must give each bucket from 0 to 1023 to exactly one of ${names.join(', ')}`];
  });
  if (problems.length > 0) throw new ConfigError(problems);
};

const requireTokenKey = ({ USERS_TOKEN_PRIVATE_KEY: pem }: Environment): void => {
  if (!pem || isForeseenlyGood(() => signingKeyFromPem(pem.replaceAll('\\n', '\n')))) return;
  throw new ConfigError(['USERS_TOKEN_PRIVATE_KEY: needs an Ed25519 private key, PKCS #8 PEM']);
};

const isForeseenlyGood = (work: () => unknown): boolean => {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
};

const everyAddress = new Set(['0.0.0.0', '::']);

const requireOwnPorts = (parts: Readers): void => {
  const listeners = Object.entries(parts).flatMap(([name, read]) => {
    const config = unlessWrong<{ readonly HTTP_HOST: string; readonly HTTP_PORT: number }>(read);
    const setting = `${name.toUpperCase()}_HTTP_PORT`;
    return config === undefined ? [] : [{ setting, host: config.HTTP_HOST, port: config.HTTP_PORT }];
  });
  const problems = listeners.flatMap((one, index) =>
    listeners
      .slice(index + 1)
      .filter(({ port }) => port !== 0 && port === one.port)
      .filter(({ host }) => host === one.host || everyAddress.has(host) || everyAddress.has(one.host))
      .map(({ setting }) => `${one.setting} and ${setting}: are the same port, ${one.port}`),
  );
  if (problems.length > 0) throw new ConfigError(problems);
};

const requireSupergraph = ({ gateway }: Readers): void => {
  const config = unlessWrong(gateway);
  const choice = config && supergraphChoiceOf(config);
  if (choice?.kind !== 'file' && choice?.kind !== 'yaml') return;
  if (statSync(choice.file, { throwIfNoEntry: false })?.isFile() === true) return;
  const setting = choice.kind === 'file' ? 'GATEWAY_SUPERGRAPH_FILE' : 'GATEWAY_SUPERGRAPH_YAML';
  throw new ConfigError([`${setting}: there is no such file`]);
};
