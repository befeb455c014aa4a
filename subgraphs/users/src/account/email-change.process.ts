import { isAppError } from '@saas/kernel';
import { eventStoreErrors, honouredClaim } from '@saas/event-sourcing';
import type { AuthenticatedViewer } from '@saas/auth';
import { readAccount } from './account-reader.process.ts';
import { requireActive, type KnownAccount } from './account.decider.ts';
import { accountErrors } from './account.errors.ts';
import { emailKeyOf, type Email, type Password } from './account.values.ts';
import type { AccountOutcome, AccountsOptions, Asked } from './accounts.port.ts';

/**
 * Takes the address for the version at which the account will get it.
 *
 * @returns that version; undefined when the request was honoured before.
 */
export const prepareEmail = async (
  options: AccountsOptions,
  asked: Asked,
  { email, current }: { readonly email: Email; readonly current: Password },
): Promise<number | undefined> => {
  const { store, settlement } = options;
  const { viewer, claim, expectedVersion } = asked;
  if (claim && (await honouredClaim(store, viewer.tenantId, claim))) return undefined;

  const { version, state } = await prove(options, viewer, current);
  if (expectedVersion !== undefined && expectedVersion !== version) {
    throw eventStoreErrors.VERSION_STALE({
      field: 'expectedVersion',
      expected: expectedVersion,
      actual: version,
    });
  }
  await settlement.finish(state, version);
  const { tenantId, userId } = viewer;
  const key = emailKeyOf(email);
  if (key !== emailKeyOf(state.email)) {
    await settlement.acquire({ email: key, tenantId, userId, fenceVersion: version }, undefined, 'newEmail');
  }
  return version;
};

/** The account has its address; when the directory cannot be told just now, whoever reconciles will tell it. */
export const finishQuietly = async (
  { settlement }: AccountsOptions,
  outcome: AccountOutcome,
): Promise<void> => {
  try {
    await settlement.finish(outcome.account, outcome.version);
  } catch (error) {
    if (!isAppError(error) || !error.definition.retryable) throw error;
  }
};

/**
 * The viewer's account, when `password` is right.
 *
 * @throws {AppError} `CREDENTIALS_INVALID`, `USER_DEACTIVATED`, `PASSWORDS_BUSY`.
 */
export const prove = async (
  { store, passwords }: Pick<AccountsOptions, 'store' | 'passwords'>,
  viewer: AuthenticatedViewer,
  password: Password,
): Promise<{ readonly state: KnownAccount; readonly version: number }> => {
  const { state, version } = await readAccount(store, viewer);
  const known = requireActive(state);
  if (await passwords.matches(password, known.passwordHash)) return { state: known, version };
  throw accountErrors.CREDENTIALS_INVALID({ field: 'currentPassword' });
};
