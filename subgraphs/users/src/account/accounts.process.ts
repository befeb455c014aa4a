import { isAppError, type UserId } from '@saas/kernel';
import { commandHandler, eventStoreErrors, type CommandOutcome, type Work } from '@saas/event-sourcing';
import { announceAccount } from './account.announcements.ts';
import { account, accountStream, isKnown, type Account, type AccountCommand } from './account.decider.ts';
import type { Email, Password, PasswordHash, PersonName } from './account.values.ts';
import type { AccountOutcome, AccountsOptions, Asked } from './accounts.port.ts';
import { deactivation } from './deactivation.process.ts';
import { finishQuietly, prepareEmail, prove } from './email-change.process.ts';

const EMAIL_ATTEMPTS_MAX = 10;

export type Accounts = {
  readonly updateProfile: (asked: Asked, name: PersonName) => Promise<AccountOutcome>;
  /** Ends all sessions of the viewer. */
  readonly revokeSessions: (asked: Asked) => Promise<AccountOutcome>;
  /** Ends the viewer's other sessions, too. @throws {AppError} `CREDENTIALS_INVALID`, `PASSWORDS_BUSY`. */
  readonly changePassword: (
    asked: Asked,
    change: { readonly current: Password; readonly next: Password },
  ) => Promise<AccountOutcome>;
  /** @throws {AppError} `CREDENTIALS_INVALID`, `EMAIL_TAKEN`, `EMAIL_BUSY`, `PASSWORDS_BUSY`. */
  readonly changeEmail: (
    asked: Asked,
    change: { readonly email: Email; readonly current: Password },
  ) => Promise<AccountOutcome>;
  /** @throws {AppError} `USER_NOT_FOUND`, `FORBIDDEN`, `LAST_OWNER`. */
  readonly deactivate: (asked: Asked, userId: UserId) => Promise<AccountOutcome>;
};

/** Everything that changes an account after its registration. */
export const accounts = (options: AccountsOptions): Accounts => {
  const { store, clock, denySessions } = options;
  const handle = commandHandler({ decider: account, store, announce: announceAccount });
  const run: Run = async ({ viewer, requestId, traceparent, claim, endsAtMs }, work) => {
    const metadata = { actor: viewer.userId, requestId, ...(traceparent && { traceparent }) };
    return outcomeOf(await handle({ tenantId: viewer.tenantId, metadata, work, claim, endsAtMs }));
  };
  const now = () => clock.now().toISOString();
  const denying = async (outcome: AccountOutcome): Promise<AccountOutcome> => {
    await denySessions(outcome.account);
    return outcome;
  };

  return {
    updateProfile: (asked, name) => run(asked, own(asked, { type: 'UpdateProfile', name, at: now() })),
    revokeSessions: async (asked) =>
      denying(await run(asked, own(asked, { type: 'RevokeSessions', at: now() }))),
    changePassword: async (asked, change) =>
      denying(await run(asked, passwordChange(options, asked, change))),
    changeEmail: (asked, change) => changeEmail(options, run, asked, change),
    deactivate: async (asked, userId) =>
      denying(await run(asked, () => deactivation(options, asked, userId, now()))),
  };
};

type Run = (asked: Asked, work: () => Promise<Work<AccountCommand>>) => Promise<AccountOutcome>;

const own = (
  { viewer, expectedVersion }: Asked,
  command: AccountCommand,
): (() => Promise<Work<AccountCommand>>) => {
  const stream = accountStream(viewer.userId);
  return async () => ({ commands: [{ stream, command, expectedVersion }] });
};

/** Checked anew for each attempt, hashed once. */
const passwordChange = (
  options: AccountsOptions,
  { viewer }: Asked,
  { current, next }: { readonly current: Password; readonly next: Password },
): (() => Promise<Work<AccountCommand>>) => {
  let passwordHash: PasswordHash | undefined;
  return async () => {
    const { state } = await prove(options, viewer, current);
    passwordHash ??= await options.passwords.hash(next);
    const hashes = { checkedHash: state.passwordHash, passwordHash, keptSessionId: viewer.sessionId };
    const command = { type: 'ChangePassword', ...hashes, at: options.clock.now().toISOString() } as const;
    return { commands: [{ stream: accountStream(viewer.userId), command }] };
  };
};

/** Reserve, append, confirm; from the start when the account has moved in between. */
const changeEmail = async (
  options: AccountsOptions,
  run: Run,
  asked: Asked,
  change: { readonly email: Email; readonly current: Password },
): Promise<AccountOutcome> => {
  for (let attempt = 1; attempt <= EMAIL_ATTEMPTS_MAX; attempt += 1) {
    const expectedVersion = await prepareEmail(options, asked, change);
    const at = options.clock.now().toISOString();
    const command = { type: 'ChangeEmail', email: change.email, at } as const;
    try {
      const outcome = await run(asked, own({ ...asked, expectedVersion }, command));
      await finishQuietly(options, outcome);
      return outcome;
    } catch (error) {
      // The version is the one prepared for, not the caller's: that one was compared before.
      if (!isAppError(error, 'VERSION_STALE') && !isAppError(error, 'VERSION_CONFLICT')) throw error;
    }
  }
  throw eventStoreErrors.VERSION_CONFLICT();
};

const outcomeOf = ({ results: [result], token }: CommandOutcome<Account>): AccountOutcome => {
  if (!result || !isKnown(result.state)) throw new Error('A command on an account led to no account.');
  const { state, version } = result;
  return { account: state, version, ...(token !== undefined && { token }) };
};
