import { readConfig, type Environment } from './read-config.ts';
import { amqpUrl, redisUrl } from './settings.ts';

/** Variables without a prefix, shared by every service that runs as a process of its own. */
export const sharedSettings = {
  prefix: '',
  shape: {
    RABBITMQ_URL: amqpUrl().describe('RabbitMQ that carries events between services.'),
    REDIS_URL: redisUrl().describe('Redis through which ended sessions are shared.'),
  },
};

/**
 * What every service process needs besides its own settings.
 *
 * @throws {ConfigError} naming each variable that is missing or no such URL.
 */
export const readSharedConfig = (environment: Environment) => {
  const { RABBITMQ_URL, REDIS_URL } = environment;
  return readConfig(sharedSettings.prefix, sharedSettings.shape, { RABBITMQ_URL, REDIS_URL });
};
