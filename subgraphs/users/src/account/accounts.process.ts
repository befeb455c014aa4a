import { isAppError, type UserId } from '@saas/kernel';
import { commandHandler, eventStoreErrors, type CommandOutcome, type Work } from '@saas/event-sourcing';
import { announceAccount } from './account.announcements.ts';
import { account, accountStream, isKnown, type Account, type AccountCommand } from './account.decider.ts';
import type { Email, Password, PasswordHash, PersonName } from './account.values.ts';
import type { AccountOutcome, AccountsOptions, Asked } from './accounts.port.ts';
import { deactivation } from './deactivation.process.ts';
import { finishQuietly, prepareEmail, prove } from './email-change.process.ts';

const EMAIL_ATTEMPTS_MAX = 10;

export type Accounts = ReturnType<typeof accounts>;

/** Everything that changes an account after its registration. */
export const accounts = (options: AccountsOptions) => {
  const { store, passwords, clock, denySessions } = options;
  const handle = commandHandler({ decider: account, store, announce: announceAccount });
  const now = () => clock.now().toISOString();
  const run = async ({ viewer, requestId, claim }: Asked, work: () => Promise<Work<AccountCommand>>) => {
    const { tenantId, userId } = viewer;
    const metadata = { actor: userId, requestId };
    return outcomeOf(await handle({ tenantId, metadata, work, ...(claim && { claim }) }));
  };
  const runOwn = (asked: Asked, command: AccountCommand) => {
    const stream = accountStream(asked.viewer.userId);
    return run(asked, async () => ({
      commands: [{ stream, command, expectedVersion: asked.expectedVersion }],
    }));
  };

  return {
    updateProfile: (asked: Asked, name: PersonName): Promise<AccountOutcome> =>
      runOwn(asked, { type: 'UpdateProfile', name, at: now() }),

    /** Ends all sessions of the viewer. */
    async revokeSessions(asked: Asked): Promise<AccountOutcome> {
      const outcome = await runOwn(asked, { type: 'RevokeSessions', at: now() });
      await denySessions(outcome.account);
      return outcome;
    },

    /** Ends the viewer's other sessions, too. @throws {AppError} `CREDENTIALS_INVALID`, `PASSWORDS_BUSY`. */
    async changePassword(
      asked: Asked,
      change: { current: Password; next: Password },
    ): Promise<AccountOutcome> {
      const { viewer } = asked;
      let passwordHash: PasswordHash | undefined;
      const outcome = await run(asked, async () => {
        const { state } = await prove(options, viewer, change.current);
        passwordHash ??= await passwords.hash(change.next);
        const hashes = { checkedHash: state.passwordHash, passwordHash, keptSessionId: viewer.sessionId };
        const command = { type: 'ChangePassword', ...hashes, at: now() } as const;
        return { commands: [{ stream: accountStream(viewer.userId), command }] };
      });
      await denySessions(outcome.account);
      return outcome;
    },

    /** @throws {AppError} `CREDENTIALS_INVALID`, `EMAIL_TAKEN`, `EMAIL_BUSY`, `PASSWORDS_BUSY`. */
    async changeEmail(asked: Asked, change: { email: Email; current: Password }): Promise<AccountOutcome> {
      for (let attempt = 1; attempt <= EMAIL_ATTEMPTS_MAX; attempt += 1) {
        const expectedVersion = await prepareEmail(options, asked, change);
        try {
          const command = { type: 'ChangeEmail', email: change.email, at: now() } as const;
          const outcome = await runOwn({ ...asked, expectedVersion }, command);
          await finishQuietly(options, outcome);
          return outcome;
        } catch (error) {
          if (!isAppError(error, 'VERSION_CONFLICT')) throw error;
        }
      }
      throw eventStoreErrors.VERSION_CONFLICT();
    },

    /** @throws {AppError} `USER_NOT_FOUND`, `FORBIDDEN`, `LAST_OWNER`. */
    async deactivate(asked: Asked, userId: UserId): Promise<AccountOutcome> {
      const outcome = await run(asked, () => deactivation(options, asked, userId, now()));
      await denySessions(outcome.account);
      return outcome;
    },
  };
};

const outcomeOf = ({ results: [result], token }: CommandOutcome<Account>): AccountOutcome => {
  if (!result || !isKnown(result.state)) throw new Error('A command on an account led to no account.');
  const { state, version } = result;
  return { account: state, version, ...(token !== undefined && { token }) };
};
