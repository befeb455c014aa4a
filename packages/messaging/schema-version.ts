import type { Message } from './message-bus.port.ts';
import { messagingErrors } from './messaging.errors.ts';

/**
 * Lets through what is of a version that its reader knows. A message that names none is of version 1.
 *
 * @param versionMax the newest version that the reader knows.
 * @throws {AppError} `MESSAGE_VERSION_UNKNOWN`, by which the message becomes a dead letter at once; it can be replayed
 *   when a release that knows the version runs.
 */
export const requireSchemaVersion = (
  { headers, routingKey }: Pick<Message, 'headers' | 'routingKey'>,
  versionMax: number,
): void => {
  const version = headers['cloudEvents_schemaversion'] ?? 1;
  const isKnown = typeof version === 'number' && Number.isInteger(version) && version >= 1;
  if (!isKnown || version > versionMax)
    throw messagingErrors.MESSAGE_VERSION_UNKNOWN({ routingKey, version, versionMax });
};
