import type { Logger } from '@saas/telemetry';

/** A logger for libraries: their own news are for those who look for them, their warnings and errors for everybody. */
export const quiet = (logger: Logger) => ({
  debug: (message: unknown) => logger.trace(String(message)),
  info: (message: unknown) => logger.debug(String(message)),
  warn: (message: unknown) => logger.warn(String(message)),
  error: (message: unknown) => logger.error(String(message)),
});
