import { anonymous, bearerToken, type VerifiedAccess } from '@saas/auth';
import type { Stage } from './stage.ts';

/**
 * Establishes on whose behalf the request is made. No `Authorization` header is anonymous; a header that does not hold
 * up is refused, never taken for anonymous: the client would see an empty world instead of its mistake.
 *
 * @throws {AppError} `TOKEN_INVALID`, `TOKEN_EXPIRED`, `SESSION_REVOKED`; `KEYS_UNAVAILABLE`, retryable.
 */
export const useAuthenticate = ({
  verify,
}: {
  readonly verify: (token: string) => Promise<VerifiedAccess>;
}): Stage => ({
  name: 'authenticate',
  handle: async (request, next) => {
    const token = bearerToken(request.headers['authorization']);
    const viewer = token === undefined ? anonymous : (await verify(token)).viewer;
    return next({ ...request, viewer });
  },
});
