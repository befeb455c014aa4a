import { createHash, randomBytes } from 'node:crypto';
import { isId, type Brand, type SessionId, type TenantId } from '@saas/kernel';
import { sessionErrors } from './session.errors.ts';

/** SHA-256 of a token's secret part, base64url. The secret has 256 random bits, so that no slow hash is needed. */
export type RefreshSecretHash = Brand<'RefreshSecretHash'>;

/** Where a refresh token leads, and the proof it carries. */
export type RefreshToken = {
  readonly tenantId: TenantId;
  readonly sessionId: SessionId;
  /** Counts the session's tokens from 1. */
  readonly generation: number;
  readonly secretHash: RefreshSecretHash;
};

const SECRET_BYTES = 32;
const LENGTH_MAX = 256;

/** The next secret of a session, and its hash: the only thing that is stored. Never logged. */
export const newRefreshSecret = (): { readonly secret: Buffer; readonly secretHash: RefreshSecretHash } => {
  const secret = randomBytes(SECRET_BYTES);
  return { secret, secretHash: hashOf(secret) };
};

/** The opaque text that the client keeps. */
export const refreshTokenText = (
  { tenantId, sessionId, generation }: Omit<RefreshToken, 'secretHash'>,
  secret: Buffer,
): string =>
  Buffer.from([tenantId, sessionId, generation, secret.toString('base64url')].join('.')).toString(
    'base64url',
  );

/**
 * Takes a token apart. Whether it is good, only its session knows.
 *
 * @throws {AppError} `REFRESH_TOKEN_MALFORMED` for a text that we never made; it reaches no database.
 */
export const parseRefreshToken = (raw: string): RefreshToken => {
  const text = raw.length <= LENGTH_MAX ? Buffer.from(raw, 'base64url').toString() : '';
  const [tenantId, sessionId, count = '', encoded = ''] = text.split('.');
  const secret = Buffer.from(encoded, 'base64url');
  const isWhole = /^[1-9]\d{0,8}$/.test(count) && secret.length === SECRET_BYTES;
  if (!isWhole || !isId('ten', tenantId) || !isId('ses', sessionId)) {
    throw sessionErrors.REFRESH_TOKEN_MALFORMED({ field: 'refreshToken' });
  }
  return { tenantId, sessionId, generation: Number(count), secretHash: hashOf(secret) };
};

const hashOf = (secret: Buffer): RefreshSecretHash =>
  createHash('sha256').update(secret).digest('base64url') as RefreshSecretHash;
