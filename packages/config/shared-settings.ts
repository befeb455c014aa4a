import { readConfig, type Environment } from './read-config.ts';
import { url } from './settings.ts';

/** Variables without a prefix, shared by every service that runs as a process of its own. */
export const sharedSettings = {
  prefix: '',
  shape: {
    RABBITMQ_URL: url().describe('RabbitMQ that carries events between services, `amqp://` or `amqps://`.'),
    REDIS_URL: url().describe('Redis through which ended sessions are shared, `redis://` or `rediss://`.'),
  },
};

/**
 * What every service process needs besides its own settings.
 *
 * @throws {ConfigError} naming each variable that is missing or no URL.
 */
export const readSharedConfig = (environment: Environment) => {
  const { RABBITMQ_URL, REDIS_URL } = environment;
  return readConfig(sharedSettings.prefix, sharedSettings.shape, { RABBITMQ_URL, REDIS_URL });
};
