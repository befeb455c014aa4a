import type { SessionId } from '@saas/kernel';
import type { ConsistencyToken } from '@saas/event-sourcing';
import type { KnownAccount } from '../account/account.decider.ts';
import type { SessionsOptions, SignedIn } from './sessions.port.ts';

/** What the client gets: a new access token beside its newest refresh token. */
export const signedIn = async (
  { signAccess }: SessionsOptions,
  { account, version }: { readonly account: KnownAccount; readonly version: number },
  made: {
    readonly sessionId: SessionId;
    readonly refreshToken: string;
    readonly token: ConsistencyToken | undefined;
  },
): Promise<SignedIn> => {
  const { userId, tenantId, role } = account;
  const { sessionId, refreshToken, token } = made;
  const access = await signAccess({ status: 'authenticated', userId, tenantId, role, sessionId });
  return {
    account,
    version,
    accessToken: access.token,
    accessTokenExpiresAt: new Date(access.expiresAtMs).toISOString(),
    refreshToken,
    ...(token !== undefined && { token }),
  };
};

/** Makes the session's access tokens worthless until the last of them has expired. */
export const deny = (
  { revokedSessions, clock, accessTokenMs }: SessionsOptions,
  sessionId: SessionId,
): Promise<void> => revokedSessions.revoke(sessionId, clock.now().getTime() + accessTokenMs);
