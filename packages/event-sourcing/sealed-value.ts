import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { subjectKeyErrors, type SubjectKey } from './subject-keys.port.ts';

/** What stands in an event's data in place of a value that was sealed. No value of ours is an object with these fields. */
export type SealedValue = { readonly sealed: 1; readonly key: string; readonly box: string };

/** What stands there when the value was taken out of an event that was written before there were keys. */
export type ErasedValue = { readonly erased: 1 };

/** Whether the stored value is sealed. */
export const isSealed = (value: unknown): value is SealedValue =>
  isObject(value) && 'sealed' in value && value.sealed === 1 && 'key' in value && 'box' in value;

/** Whether the stored value was taken out. */
export const isErased = (value: unknown): value is ErasedValue =>
  isObject(value) && 'erased' in value && value.erased === 1;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals a JSON value: AES-256-GCM, a random nonce for each value.
 *
 * @param place where the value stands: it opens there alone. One key seals far fewer than 2^32 values, as random nonces ask.
 * @see NIST SP 800-38D, section 8.3.
 */
export const seal = (
  value: unknown,
  { keyId, secret }: SubjectKey,
  place: readonly string[],
): SealedValue => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, secret, nonce).setAAD(placeBytes(place));
  const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  const box = Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
  return { sealed: 1, key: keyId, box };
};

/**
 * The value that was sealed in this place.
 *
 * @throws {AppError} `PERSONAL_DATA_UNREADABLE` when it was changed, or sealed elsewhere or with another key.
 */
export const unseal = (sealed: SealedValue, secret: Buffer, place: readonly string[]): unknown => {
  const bytes = Buffer.from(sealed.box, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(placeBytes(place)).setAuthTag(tag);
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as unknown;
  } catch (error) {
    throw subjectKeyErrors.PERSONAL_DATA_UNREADABLE({ keyId: sealed.key }, error);
  }
};

const placeBytes = (place: readonly string[]): Buffer => Buffer.from(JSON.stringify(place));
