import { createHmac, hkdfSync } from 'node:crypto';
import { seal, subjectKeyErrors, unseal, type KeyName } from '@saas/event-sourcing';
import { isAppError } from '@saas/kernel';

/** What one secret of the settings does for the keys of persons. */
export type KeyWrapping = {
  readonly wrap: (name: KeyName, secret: Buffer) => string;
  /** @throws {AppError} `SUBJECT_KEY_UNREADABLE`. */
  readonly unwrap: (name: KeyName, wrapped: string) => Buffer;
  readonly pseudonymOf: (subject: string) => string;
};

/**
 * Wraps keys of persons by AES-256-GCM and names them by HMAC-SHA-256, each under a key of its own that is derived from
 * `settingsSecret`. A wrapped key is bound to its id and tenant.
 *
 * @see RFC 5869 (HKDF).
 */
export const keyWrapping = (settingsSecret: string): KeyWrapping => {
  const wrapping = { keyId: 'settings', secret: derived(settingsSecret, 'wrap subject keys') };
  const naming = derived(settingsSecret, 'name subjects');
  return {
    wrap: (name, secret) => seal(secret.toString('base64url'), wrapping, placeOf(name)).box,
    unwrap: (name, box) => {
      try {
        const text = unseal({ sealed: 1, key: wrapping.keyId, box }, wrapping.secret, placeOf(name));
        return Buffer.from(String(text), 'base64url');
      } catch (error) {
        if (!isAppError(error, 'PERSONAL_DATA_UNREADABLE')) throw error;
        throw subjectKeyErrors.SUBJECT_KEY_UNREADABLE({ keyId: name.keyId }, error);
      }
    },
    pseudonymOf: (subject) => createHmac('sha256', naming).update(subject).digest('base64url'),
  };
};

const placeOf = ({ tenantId, keyId }: KeyName): readonly string[] => [tenantId, keyId];

const derived = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
