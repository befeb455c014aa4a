import { bucketOfId, newId, newTenantId, type Clock, type SessionId, type TenantId } from '@saas/kernel';
import { authErrors, type AuthenticatedViewer, type RevokedSessions } from '@saas/auth';
import {
  commandHandler,
  stateOf,
  type CommandHandler,
  type ConsistencyToken,
  type EventStore,
} from '@saas/event-sourcing';
import { accountStream, isKnown, isVouchedFor, type KnownAccount } from '../account/account.decider.ts';
import { accountErrors } from '../account/account.errors.ts';
import { emailKeyOf, type Email, type Password } from '../account/account.values.ts';
import type { Passwords } from '../account/passwords.port.ts';
import type { EmailDirectory } from '../directory/email-directory.port.ts';
import { readAccount } from '../account/account-reader.process.ts';
import { newRefreshSecret, refreshTokenText, type RefreshToken } from './refresh-token.values.ts';
import { announceSession } from './session.announcements.ts';
import {
  session,
  sessionStream,
  type KnownSession,
  type Session,
  type SessionCommand,
} from './session.decider.ts';
import { sessionErrors } from './session.errors.ts';
import type { SessionEvent } from './session.events.ts';

const SNAPSHOT_VERSION = 1;

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

/** A session is a family of refresh tokens descended from one sign-in. Long ones are read through snapshots. */
export const sessions = (options: SessionsOptions): Sessions => {
  const snapshots = { schemaVersion: SNAPSHOT_VERSION, every: 50 };
  const handle = commandHandler({
    decider: session,
    store: options.store,
    announce: announceSession,
    snapshots,
  });
  return {
    login: async (email, password, requestId) =>
      start(options, handle, await authenticate(options, email, password), requestId),
    trade: (offered, requestId) => trade(options, handle, offered, requestId),
    end: async ({ tenantId, userId, sessionId }, requestId) => {
      const command = { type: 'EndSession', at: options.clock.now().toISOString() } as const;
      const work = { commands: [{ stream: sessionStream(sessionId), command }] };
      const { token } = await handle({ tenantId, metadata: { actor: userId, requestId }, work });
      await deny(options, sessionId);
      return token;
    },
  };
};

type Handle = CommandHandler<Session, SessionCommand>;

const start = async (
  options: SessionsOptions,
  handle: Handle,
  found: KnownAccount,
  requestId: string,
): Promise<SignedIn> => {
  const { store, clock, idleMsMax } = options;
  const { tenantId, userId, sessionEpoch: epoch, passwordHash } = found;
  const sessionId = newId('ses', bucketOfId(tenantId), clock);
  const { secret, secretHash } = newRefreshSecret();
  let version = 0;
  const work = async () => {
    const current = await readAccount(store, found);
    const { state } = current;
    // Deactivated, or given another password or epoch, since the password was checked.
    const isSame = isKnown(state) && state.status === 'active' && state.passwordHash === passwordHash;
    if (!isSame || state.sessionEpoch !== epoch) throw accountErrors.CREDENTIALS_INVALID();
    ({ version } = current);
    const opening = { type: 'StartSession', sessionId, userId, epoch, secretHash, idleMsMax } as const;
    const command = { ...opening, at: clock.now().toISOString() };
    const dependsOn = [{ stream: accountStream(userId), version }];
    return { commands: [{ stream: sessionStream(sessionId), command }], dependsOn };
  };
  const { token } = await handle({ tenantId, metadata: { actor: userId, requestId }, work });
  const refreshToken = refreshTokenText({ tenantId, sessionId, generation: 1 }, secret);
  return signedIn(options, { account: found, version }, { sessionId, refreshToken, token });
};

const trade = async (
  options: SessionsOptions,
  handle: Handle,
  offered: RefreshToken,
  requestId: string,
): Promise<SignedIn> => {
  const { store, clock, idleMsMax } = options;
  const { tenantId, sessionId } = offered;
  const { secret, secretHash: next } = newRefreshSecret();
  let owner: { readonly account: KnownAccount; readonly version: number } | undefined;
  const work = async () => {
    const known = await readSession(store, tenantId, offered);
    const { state, version } = await readAccount(store, { tenantId, userId: known.userId });
    if (!isKnown(state)) throw sessionErrors.SESSION_EXPIRED();
    owner = { account: state, version };
    const command = {
      type: 'TradeRefreshToken',
      offered: offered.secretHash,
      isSpent: await isSpent(store, known, offered),
      isVouchedFor: isVouchedFor(state, known),
      next,
      idleMsMax,
      at: clock.now().toISOString(),
    } as const;
    const dependsOn = [{ stream: accountStream(known.userId), version }];
    return { commands: [{ stream: sessionStream(sessionId), command }], dependsOn };
  };
  const { results, token } = await handle({ tenantId, metadata: { actor: sessionId, requestId }, work });
  const state = results[0]?.state;
  if (!owner || state?.status !== 'live') {
    await deny(options, sessionId);
    throw authErrors.SESSION_REVOKED();
  }
  const refreshToken = refreshTokenText({ tenantId, sessionId, generation: state.generation }, secret);
  return signedIn(options, owner, { sessionId, refreshToken, token });
};

/** Makes the session's access tokens worthless until the last of them has expired. */
const deny = (
  { revokedSessions, clock, accessTokenMs }: SessionsOptions,
  sessionId: SessionId,
): Promise<void> => revokedSessions.revoke(sessionId, clock.now().getTime() + accessTokenMs);

/** The account behind the credentials. Unknown, deactivated and wrong take the same steps and end the same way. */
const authenticate = async (
  { store, directory, passwords, clock }: SessionsOptions,
  email: Email | undefined,
  password: Password,
): Promise<KnownAccount> => {
  const key = email && emailKeyOf(email);
  const row = key && (await directory.find(key));
  const { state } = await readAccount(store, row || nobody(clock));
  const candidate =
    isKnown(state) && state.status === 'active' && emailKeyOf(state.email) === key ? state : undefined;
  const isRight = await passwords.matches(password, candidate?.passwordHash);
  if (!candidate || !isRight) throw accountErrors.CREDENTIALS_INVALID();
  return candidate;
};

const nobody = (clock: Clock) => {
  const tenantId = newTenantId(clock);
  return { tenantId, userId: newId('usr', bucketOfId(tenantId), clock) };
};

const readSession = async (
  store: EventStore,
  tenantId: TenantId,
  { sessionId }: RefreshToken,
): Promise<KnownSession> => {
  const [slice] = await store.read<SessionEvent>(tenantId, [sessionStream(sessionId)], {
    snapshots: SNAPSHOT_VERSION,
  });
  const state: Session = slice ? stateOf(session, slice) : session.initialState;
  if (state.status === 'absent') throw sessionErrors.SESSION_EXPIRED();
  return state;
};

/** Whether the token is an earlier one of this session, and not merely a claim to be: generation n is made by event n. */
const isSpent = async (
  store: EventStore,
  { generation, sessionId }: KnownSession,
  offered: RefreshToken,
): Promise<boolean> => {
  if (offered.generation >= generation) return false;
  const upTo = [offered.generation];
  const [slice] = await store.read<SessionEvent>(offered.tenantId, [sessionStream(sessionId)], { upTo });
  const made = slice?.events.at(-1);
  return (
    made !== undefined && made.type !== 'SessionWasRevoked' && made.data.secretHash === offered.secretHash
  );
};

const signedIn = async (
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
