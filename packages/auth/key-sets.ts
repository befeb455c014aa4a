import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Verifies with these keys and no others. */
export const localKeys = (keySet: JSONWebKeySet): JWTVerifyGetKey => createLocalJWKSet(keySet);

type RemoteKeysOptions = {
  /** How long one fetch may take. */
  readonly timeoutMs?: number;
  /** An unknown key id asks for the set again, but not more often than this: a flood of forged ids costs nothing. */
  readonly cooldownMs?: number;
  /** The set is fetched again when it is older than this. */
  readonly ageMsMax?: number;
};

/**
 * Verifies with the keys that `url` publishes. Known keys go on verifying while it is away.
 *
 * A key that is new to the set is unknown for up to `cooldownMs`; publish it that long before signing with it.
 */
export const remoteKeys = (
  url: URL,
  { timeoutMs = 3_000, cooldownMs = 30_000, ageMsMax = 600_000 }: RemoteKeysOptions = {},
): JWTVerifyGetKey =>
  createRemoteJWKSet(url, {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: ageMsMax,
  });
