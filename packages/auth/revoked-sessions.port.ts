import type { SessionId } from '@saas/kernel';

/**
 * The sessions that were ended while access tokens of theirs are still good. Shared by everything that verifies tokens.
 *
 * Every adapter must pass `describeRevokedSessionsContract`.
 */
export type RevokedSessions = {
  /**
   * From now until `untilMs` the session counts as revoked. Repeating it changes nothing; an earlier end never shortens
   * a later one.
   *
   * @param untilMs Unix time in milliseconds: when the session's last access token expires. One in the past is ignored.
   */
  revoke(sessionId: SessionId, untilMs: number): Promise<void>;
  /** Never true for a session that was not revoked, nor after its `untilMs`. */
  isRevoked(sessionId: SessionId): Promise<boolean>;
};
