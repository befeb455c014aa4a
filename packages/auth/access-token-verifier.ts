import { createHash } from 'node:crypto';
import { AppError } from '@saas/kernel';
import { verifyAccessToken, type AccessTokenRules, type VerifiedAccess } from './access-token.ts';
import { authErrors } from './auth.errors.ts';
import { ChangedRights } from './changed-rights.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { PermissionChanges } from './permission-changes.port.ts';
import type { RevokedSessions } from './revoked-sessions.port.ts';

const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 50_000;
const REFUSED_MS = 5_000;
const REFUSED_MAX = 10_000;

type Options = AccessTokenRules & {
  /** Asked for every request, remembered or not. Its failure is passed on: refusing or not is the caller's policy. */
  readonly revokedSessions?: RevokedSessions;
  /** Tokens of users whose rights change are verified anew. */
  readonly permissionChanges?: Pick<PermissionChanges, 'subscribe'> | undefined;
};

type Remembered = { readonly access: VerifiedAccess; readonly atMs: number };

/**
 * Verifies access tokens and remembers what it found: a good token for at most 60 s and never beyond its expiry, a bad
 * one for 5 s. The two are kept apart, so that a flood of forged tokens cannot push the good ones out. Tokens are
 * remembered by their SHA-256, never themselves. The same token arriving many times at once is checked once.
 *
 * A remembered token costs about 3 us instead of 200.
 *
 * @throws {AppError} what `verifyAccessToken` throws, and `SESSION_REVOKED` when the token's session was ended.
 */
export const accessTokenVerifier = (options: Options): ((token: string) => Promise<VerifiedAccess>) => {
  const { clock, revokedSessions, permissionChanges } = options;
  const verified = new ExpiringMap<Remembered>(REMEMBERED_MAX, clock);
  const rights = new ChangedRights(clock);
  permissionChanges?.subscribe(rights);
  const refused = new ExpiringMap<AppError>(REFUSED_MAX, clock);
  const underway = new Map<string, Promise<VerifiedAccess>>();

  const check = async (hash: string, token: string): Promise<VerifiedAccess> => {
    const nowMs = clock.now().getTime();
    try {
      const access = await verifyAccessToken(options, token);
      const endsAtMs = Math.min(access.expiresAtMs, nowMs + REMEMBERED_MS);
      verified.set(hash, { access, atMs: nowMs }, endsAtMs);
      return access;
    } catch (error) {
      const isFinal = error instanceof AppError && !error.definition.retryable;
      if (isFinal) refused.set(hash, error, nowMs + REFUSED_MS);
      throw error;
    } finally {
      underway.delete(hash);
    }
  };
  const remembered = (hash: string): VerifiedAccess | undefined => {
    const known = verified.get(hash);
    if (known === undefined || rights.haveChangedSince(known.atMs, known.access.viewer)) return undefined;
    return known.access;
  };
  const checkOnce = (hash: string, token: string): Promise<VerifiedAccess> => {
    const running = underway.get(hash) ?? check(hash, token);
    underway.set(hash, running);
    return running;
  };

  return async (token) => {
    const hash = createHash('sha256').update(token).digest('base64');
    const known = refused.get(hash);
    if (known) throw new AppError(known.code, known.definition);
    const access = remembered(hash) ?? (await checkOnce(hash, token));
    if (await revokedSessions?.isRevoked(access.viewer.sessionId)) throw authErrors.SESSION_REVOKED();
    return access;
  };
};

/**
 * The token in an `Authorization` header, or undefined when there is no such header.
 *
 * @throws {AppError} `TOKEN_INVALID` when the header is there but is not `Bearer <token>`.
 */
export const bearerToken = (authorization: string | undefined): string | undefined => {
  if (authorization === undefined) return undefined;
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw authErrors.TOKEN_INVALID();
  return token;
};
