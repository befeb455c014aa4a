import type { AuthenticatedViewer, RevokedSessions } from '@saas/auth';
import type { CommandHandler, ConsistencyToken, EventStore } from '@saas/event-sourcing';
import type { Clock } from '@saas/kernel';
import type { KnownAccount } from '../account/account.decider.ts';
import type { Email, Password } from '../account/account.values.ts';
import type { Passwords } from '../account/passwords.port.ts';
import type { EmailDirectory } from '../directory/email-directory.port.ts';
import type { RefreshToken } from './refresh-token.values.ts';
import type { Session, SessionCommand } from './session.decider.ts';

/** What sessions stand on. */
export type SessionsOptions = {
  readonly store: EventStore;
  readonly directory: EmailDirectory;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly signAccess: (viewer: AuthenticatedViewer) => Promise<{ token: string; expiresAtMs: number }>;
  readonly revokedSessions: RevokedSessions;
  /** Access tokens live no longer than this. */
  readonly accessTokenMs: number;
  /** A session that is not refreshed for so long is over. */
  readonly idleMsMax: number;
};

/** Carries out commands on sessions. */
export type SessionHandler = CommandHandler<Session, SessionCommand>;

/** What a client holds while signed in. */
export type SignedIn = {
  readonly account: KnownAccount;
  readonly version: number;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: string;
  readonly refreshToken: string;
  readonly token?: ConsistencyToken;
};

export type Sessions = {
  /** @throws {AppError} `CREDENTIALS_INVALID`, whatever was wrong; `PASSWORDS_BUSY`. */
  readonly login: (email: Email | undefined, password: Password, requestId: string) => Promise<SignedIn>;

  /**
   * Trades a refresh token for its successor, once.
   *
   * A token that comes back after it was traded ends the whole session: it is in two hands, and we cannot know which is the
   * thief's. A client that lost the answer to its own trade signs in again.
   *
   * @throws {AppError} `SESSION_EXPIRED` or `SESSION_REVOKED`.
   * @see RFC 9700, section 4.14.2.
   */
  readonly trade: (offered: RefreshToken, requestId: string) => Promise<SignedIn>;

  /** Ends the viewer's own session. */
  readonly end: (viewer: AuthenticatedViewer, requestId: string) => Promise<ConsistencyToken | undefined>;
};
