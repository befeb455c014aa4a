import { assertNever, type SessionId, type UserId } from '@saas/kernel';
import type { Decider, StreamId } from '@saas/event-sourcing';
import { authErrors } from '@saas/auth';
import type { RefreshSecretHash } from './refresh-token.values.ts';
import { sessionErrors } from './session.errors.ts';
import type { SessionEvent } from './session.events.ts';

const LIFETIME_MS_MAX = 90 * 24 * 60 * 60 * 1_000;

export type KnownSession = {
  readonly status: 'live' | 'revoked';
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly epoch: number;
  readonly generation: number;
  readonly secretHash: RefreshSecretHash;
  readonly expiresAt: string;
  readonly endsAt: string;
};

export type Session = { readonly status: 'absent' } | KnownSession;

type StartSession = {
  readonly type: 'StartSession';
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly epoch: number;
  readonly secretHash: RefreshSecretHash;
  readonly idleMsMax: number;
};
type TradeRefreshToken = {
  readonly type: 'TradeRefreshToken';
  readonly offered: RefreshSecretHash;
  /** Whether the offered token is a genuine one of an earlier generation. */
  readonly isSpent: boolean;
  /** Whether the account still stands behind its session of this epoch. */
  readonly isVouchedFor: boolean;
  readonly next: RefreshSecretHash;
  readonly idleMsMax: number;
};

export type SessionCommand = { readonly at: string } & (
  StartSession | TradeRefreshToken | { readonly type: 'EndSession' }
);

/** The stream in which a session is recorded. */
export const sessionStream = (sessionId: SessionId): StreamId => `session-${sessionId}`;

const decide = (command: SessionCommand, state: Session): readonly SessionEvent[] => {
  const { at } = command;
  if (command.type === 'StartSession') {
    if (state.status !== 'absent') throw authErrors.SESSION_REVOKED();
    const { sessionId, userId, epoch, secretHash, idleMsMax } = command;
    const endsAt = later(at, LIFETIME_MS_MAX);
    const data = {
      sessionId,
      userId,
      epoch,
      secretHash,
      expiresAt: earliest(later(at, idleMsMax), endsAt),
      endsAt,
      at,
    };
    return [{ type: 'SessionWasStarted', data }];
  }
  if (state.status === 'absent') throw sessionErrors.SESSION_EXPIRED();
  switch (command.type) {
    case 'TradeRefreshToken':
      return trade(command, at, state);
    case 'EndSession':
      return state.status === 'revoked'
        ? []
        : [{ type: 'SessionWasRevoked', data: { reason: 'LOGGED_OUT', at } }];
    default:
      return assertNever(command);
  }
};

const trade = (
  { offered, isSpent, isVouchedFor, next, idleMsMax }: TradeRefreshToken,
  at: string,
  state: KnownSession,
): readonly SessionEvent[] => {
  if (state.status === 'revoked') throw authErrors.SESSION_REVOKED();
  if (at >= state.expiresAt) throw sessionErrors.SESSION_EXPIRED();
  // A token in two hands: we cannot know which is the thief's, so neither goes on. Recorded, not thrown: a refusal would
  // store nothing.
  if (isSpent) return [{ type: 'SessionWasRevoked', data: { reason: 'TOKEN_REUSED', at } }];
  if (offered !== state.secretHash) throw sessionErrors.SESSION_EXPIRED();
  if (!isVouchedFor) throw authErrors.SESSION_REVOKED();
  const expiresAt = earliest(later(at, idleMsMax), state.endsAt);
  return [{ type: 'SessionWasRefreshed', data: { secretHash: next, expiresAt, at } }];
};

const evolve = (state: Session, event: SessionEvent): Session => {
  if (event.type === 'SessionWasStarted') {
    const { at: _, ...data } = event.data;
    return { status: 'live', generation: 1, ...data };
  }
  if (state.status === 'absent') throw new Error(`${event.type} happened to a session that never started.`);
  switch (event.type) {
    case 'SessionWasRefreshed': {
      const { secretHash, expiresAt } = event.data;
      return { ...state, generation: state.generation + 1, secretHash, expiresAt };
    }
    case 'SessionWasRevoked':
      return { ...state, status: 'revoked' };
    default:
      return assertNever(event);
  }
};

const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();
const earliest = (left: string, right: string): string => (left < right ? left : right);

/**
 * The rules of a session: each refresh token is traded once, a token that comes back ends the family, unused sessions end
 * after `idleMsMax`, and all of them after 90 days.
 *
 * @see RFC 9700, section 4.14.2: rotation, and what an invalidated token tells the server.
 */
export const session: Decider<Session, SessionCommand, SessionEvent> = {
  initialState: { status: 'absent' },
  evolve,
  decide,
};

/** When a session's state is kept, so that a long history need not be read; raise the version when its shape changes. */
export const sessionSnapshots = { schemaVersion: 1, every: 50 } as const;
