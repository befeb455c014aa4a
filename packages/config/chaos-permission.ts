import { readConfig, type Environment } from './read-config.ts';
import { flag, text } from './settings.ts';

/** Variables without a prefix that say whether faults may be put into calls on purpose. */
export const chaosPermission = {
  NODE_ENV: text().optional().describe('In `production`, `npm run chaos` is refused; see CHAOS_ALLOWED.'),
  CHAOS_ALLOWED: flag().default(false).describe('Allows `npm run chaos` in production as well.'),
};

/**
 * Whether this process may take part in `npm run chaos`: never in production, unless that was said in so many words.
 *
 * @throws {ConfigError} when `CHAOS_ALLOWED` is neither true nor false.
 */
export const readChaosPermission = ({ NODE_ENV, CHAOS_ALLOWED }: Environment): boolean => {
  const config = readConfig('', chaosPermission, { NODE_ENV, CHAOS_ALLOWED });
  return config.NODE_ENV !== 'production' || config.CHAOS_ALLOWED;
};
