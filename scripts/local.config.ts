import {
  amqpUrl,
  choice,
  count,
  countOrNone,
  flag,
  readAll,
  readConfig,
  redisUrl,
  text,
  type Environment,
} from '@saas/config';

/** What `npm start` itself is told; the parts read their own settings. */
export type LocalConfig = ReturnType<typeof readLocalConfig>;

/**
 * Settings of the system on one machine.
 *
 * @throws {ConfigError} listing each bad variable by name.
 */
export const readLocalConfig = (environment: Environment) => {
  const { local, named } = readAll({
    local: () => readConfig(localSettings.prefix, localSettings.shape, environment),
    named: () =>
      readConfig(
        namedSettings.prefix,
        namedSettings.shape,
        only(environment, Object.keys(namedSettings.shape)),
      ),
  });
  return { ...local, ...named };
};

/** Variables of `npm start` alone. */
export const localSettings = {
  prefix: 'LOCAL_',
  shape: {
    SHARDS: count().max(64).default(2).describe('PostgreSQL shards to start; may grow later.'),
    REPLICAS: countOrNone().max(8).default(2).describe('Streaming replicas of each shard.'),
    DEMO_DATA: flag().default(true).describe('Fills an empty system with three tenants that look real.'),
    LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('warn')
      .describe('The least important lines that the parts print, unless a part is told otherwise.'),
  },
};

/** Variables whose names are fixed for the whole system. */
export const namedSettings = {
  prefix: '',
  shape: {
    DATA_DIR: text().default('./.data').describe('Where databases, secrets and the shard map are kept.'),
    REDIS_URL: redisUrl().optional().describe('Redis to share ended sessions through; memory when unset.'),
    RABBITMQ_URL: amqpUrl().optional().describe('RabbitMQ to carry events; memory when unset.'),
  },
};

const only = (environment: Environment, names: readonly string[]): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => names.includes(name)));
