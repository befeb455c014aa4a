import type { TenantId } from '@saas/kernel';
import { authErrors } from '@saas/auth';
import { stateOf, type EventStore } from '@saas/event-sourcing';
import { accountStream, isKnown, isVouchedFor, type KnownAccount } from '../account/account.decider.ts';
import { readAccount } from '../account/account-reader.process.ts';
import { newRefreshSecret, refreshTokenText, type RefreshToken } from './refresh-token.values.ts';
import {
  session,
  sessionSnapshots,
  sessionStream,
  type KnownSession,
  type Session,
} from './session.decider.ts';
import { sessionErrors } from './session.errors.ts';
import type { SessionEvent } from './session.events.ts';
import type { SessionHandler, SessionsOptions, SignedIn } from './sessions.port.ts';
import { deny, signedIn } from './tokens.process.ts';

/** Trades a refresh token for its successor; see `Sessions.trade`. */
export const trade = async (
  options: SessionsOptions,
  handle: SessionHandler,
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

const readSession = async (
  store: EventStore,
  tenantId: TenantId,
  { sessionId }: RefreshToken,
): Promise<KnownSession> => {
  const [slice] = await store.read<SessionEvent>(tenantId, [sessionStream(sessionId)], {
    snapshots: sessionSnapshots.schemaVersion,
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
  const page = { after: offered.generation - 1, limit: 1 };
  const [made] = await store.readPage<SessionEvent>(offered.tenantId, sessionStream(sessionId), page);
  return (
    made !== undefined && made.type !== 'SessionWasRevoked' && made.data.secretHash === offered.secretHash
  );
};
