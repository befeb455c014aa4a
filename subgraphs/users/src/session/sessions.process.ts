import { bucketOfId, newId, newTenantId, type Clock } from '@saas/kernel';
import { commandHandler } from '@saas/event-sourcing';
import { accountStream, isKnown, type KnownAccount } from '../account/account.decider.ts';
import { accountErrors } from '../account/account.errors.ts';
import { readAccount } from '../account/account-reader.process.ts';
import { emailKeyOf, type Email, type Password } from '../account/account.values.ts';
import { newRefreshSecret, refreshTokenText } from './refresh-token.values.ts';
import { trade } from './refresh.process.ts';
import { announceSession } from './session.announcements.ts';
import { session, sessionSnapshots, sessionStream } from './session.decider.ts';
import type { SessionHandler, Sessions, SessionsOptions, SignedIn } from './sessions.port.ts';
import { deny, signedIn } from './tokens.process.ts';

/** A session is a family of refresh tokens descended from one sign-in. Long ones are read through snapshots. */
export const sessions = (options: SessionsOptions): Sessions => {
  const handle = commandHandler({
    decider: session,
    store: options.store,
    announce: announceSession,
    snapshots: sessionSnapshots,
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

const start = async (
  options: SessionsOptions,
  handle: SessionHandler,
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
