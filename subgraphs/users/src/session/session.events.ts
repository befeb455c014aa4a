import type { SessionId, UserId } from '@saas/kernel';
import { declareEvents, type DomainEvent } from '@saas/event-sourcing';
import type { RefreshSecretHash } from './refresh-token.values.ts';

type Started = {
  sessionId: SessionId;
  userId: UserId;
  /** The account's session epoch at the time; when the account has moved on, the session is over. */
  epoch: number;
  secretHash: RefreshSecretHash;
  expiresAt: string;
  /** However often it is refreshed, the session ends here. */
  endsAt: string;
  at: string;
};

/**
 * The permanent record of a session. Fields are added as optional, never renamed, never removed.
 *
 * Generation n of the refresh token is made by event n of the stream: revocation alone makes none, and comes last.
 */
export type SessionEvent =
  | DomainEvent<'SessionWasStarted', Started>
  | DomainEvent<'SessionWasRefreshed', { secretHash: RefreshSecretHash; expiresAt: string; at: string }>
  | DomainEvent<'SessionWasRevoked', { reason: 'LOGGED_OUT' | 'TOKEN_REUSED'; at: string }>;

/** The forms in which these events are stored. */
export const sessionEvents = declareEvents<SessionEvent>({
  SessionWasStarted: {},
  SessionWasRefreshed: {},
  SessionWasRevoked: {},
});
