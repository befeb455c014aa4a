import { bearerToken, type VerifiedAccess } from '@saas/auth';
import type { OperationReply, OperationRequest } from '../operations/operation-exchange.ts';
import { settle, type Handler, type Stage } from './stage.ts';

/**
 * Establishes on whose behalf the request is made; at first, it is nobody's. No `Authorization` header is anonymous; a header that does not hold
 * up is refused, never taken for anonymous: the client would see an empty world instead of its mistake.
 *
 * @param options.verify undefined where nobody can be recognised: then everybody is anonymous, whatever they send.
 * @throws {AppError} `TOKEN_INVALID`, `TOKEN_EXPIRED`, `SESSION_REVOKED`; `KEYS_UNAVAILABLE`, retryable.
 */
export const useAuthenticate = ({
  verify,
}: {
  readonly verify: ((token: string) => Promise<VerifiedAccess>) | undefined;
}): Stage<OperationRequest, OperationReply> => ({
  name: 'authenticate',
  handle: (request, next) => {
    const { authorization } = request.headers;
    if (verify === undefined || authorization === undefined) return next(request);
    return answerBearer(verify, authorization, request, next);
  },
});

const answerBearer = async (
  verify: (token: string) => Promise<VerifiedAccess>,
  authorization: string,
  request: OperationRequest,
  next: Handler<OperationRequest, OperationReply>,
): Promise<OperationReply> => {
  const token = bearerToken(authorization);
  if (token === undefined) return next(request);
  const access = await verify(token);
  return next(settle(request, { access, viewer: access.viewer }));
};
