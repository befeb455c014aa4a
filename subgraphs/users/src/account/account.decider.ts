import { assertNever, type SessionId, type TenantId, type UserId } from '@saas/kernel';
import { eventStoreErrors, type Decider, type StreamId } from '@saas/event-sourcing';
import { authErrors, type TenantRole } from '@saas/auth';
import { accountErrors } from './account.errors.ts';
import type { AccountEvent } from './account.events.ts';
import type { Email, PasswordHash, PersonName } from './account.values.ts';

/** An account that exists: somebody can be, or could once be, signed in with it. */
export type KnownAccount = {
  readonly status: 'active' | 'deactivated';
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly name: PersonName;
  readonly email: Email;
  /** The address before the last change; it may still have to be released. */
  readonly previousEmail: Email | null;
  readonly role: TenantRole;
  readonly passwordHash: PasswordHash;
  /** Sessions of an earlier epoch are over, all but {@link keptSessionId}. */
  readonly sessionEpoch: number;
  readonly keptSessionId: SessionId | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** A person who is not known here any more. To everybody else there is no such account. */
export type ErasedAccount = {
  readonly status: 'erased';
  readonly userId: UserId;
  readonly tenantId: TenantId;
};

export type Account =
  { readonly status: 'absent' } | { readonly status: 'abandoned' } | ErasedAccount | KnownAccount;

type CreateUser = {
  readonly type: 'CreateUser';
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly name: PersonName;
  readonly email: Email;
  readonly role: TenantRole;
  readonly passwordHash: PasswordHash;
};
type ChangePassword = {
  readonly type: 'ChangePassword';
  /** The hash that the current password was checked against; another one by now means that the check is void. */
  readonly checkedHash: PasswordHash;
  readonly passwordHash: PasswordHash;
  readonly keptSessionId: SessionId;
};
type DeactivateUser = {
  readonly type: 'DeactivateUser';
  readonly actor: { readonly userId: UserId; readonly role: TenantRole };
  /** Another owner who is active; whoever decides must keep that account from moving meanwhile. */
  readonly otherOwner: UserId | undefined;
};

export type AccountCommand = { readonly at: string } & (
  | CreateUser
  | ChangePassword
  | DeactivateUser
  | { readonly type: 'UpdateProfile'; readonly name: PersonName }
  | { readonly type: 'ChangeEmail'; readonly email: Email }
  | { readonly type: 'RevokeSessions' }
  | { readonly type: 'AbandonReservation' }
  | { readonly type: 'EraseUser' }
);

/** The stream in which a user's account is recorded. */
export const accountStream = (userId: UserId): StreamId => `account-${userId}`;

const decide = (command: AccountCommand, state: Account): readonly AccountEvent[] => {
  const { at } = command;
  if (command.type === 'CreateUser') {
    if (state.status !== 'absent') throw accountErrors.USER_EXISTS();
    const { type: _, ...data } = command;
    return [{ type: 'UserWasCreated', data }];
  }
  if (command.type === 'AbandonReservation') {
    const type = state.status === 'absent' ? 'RegistrationWasAbandoned' : 'EmailChangeWasAbandoned';
    return [{ type, data: { at } }];
  }
  if (command.type === 'EraseUser' && state.status === 'erased') return [];
  if (!isKnown(state)) {
    // All other commands are on the viewer's own account, which no input names.
    throw accountErrors.USER_NOT_FOUND(command.type === 'DeactivateUser' ? { field: 'userId' } : {});
  }
  if (command.type === 'EraseUser') return [{ type: 'UserWasErased', data: { at } }];
  if (command.type === 'DeactivateUser') return deactivate(command, at, state);
  if (state.status === 'deactivated') throw accountErrors.USER_DEACTIVATED();

  switch (command.type) {
    case 'UpdateProfile':
      return command.name === state.name
        ? []
        : [{ type: 'UserProfileWasUpdated', data: { name: command.name, at } }];
    case 'ChangeEmail': {
      const { email } = command;
      const data = { email, previousEmail: state.email, at };
      return email === state.email ? [] : [{ type: 'UserEmailWasChanged', data }];
    }
    case 'ChangePassword': {
      const { checkedHash, passwordHash, keptSessionId } = command;
      if (checkedHash !== state.passwordHash) throw eventStoreErrors.VERSION_CONFLICT();
      return [{ type: 'UserPasswordWasChanged', data: { passwordHash, keptSessionId, at } }];
    }
    case 'RevokeSessions':
      return [{ type: 'UserSessionsWereRevoked', data: { at } }];
    default:
      return assertNever(command);
  }
};

const deactivate = (
  { actor, otherOwner }: DeactivateUser,
  at: string,
  state: KnownAccount,
): readonly AccountEvent[] => {
  const isOneself = actor.userId === state.userId;
  const isAllowed = actor.role === 'OWNER' || (actor.role === 'ADMIN' && state.role !== 'OWNER');
  if (!isOneself && !isAllowed) throw authErrors.FORBIDDEN();
  if (state.status === 'deactivated') return [];
  if (state.role === 'OWNER' && otherOwner === undefined) throw accountErrors.LAST_OWNER();
  return [{ type: 'UserWasDeactivated', data: { by: actor.userId, at } }];
};

const evolve = (state: Account, event: AccountEvent): Account => {
  if (event.type === 'UserWasCreated') {
    const { at, ...data } = event.data;
    const started = { status: 'active', previousEmail: null, sessionEpoch: 0, keptSessionId: null } as const;
    return { ...data, ...started, createdAt: at, updatedAt: at };
  }
  if (event.type === 'RegistrationWasAbandoned') return { status: 'abandoned' };
  // A change of address that was cut off by the erasure is settled after it.
  if (state.status === 'erased' && event.type === 'EmailChangeWasAbandoned') return state;
  if (!isKnown(state)) throw new Error(`${event.type} happened to an account that was never created.`);
  const updatedAt = event.data.at;
  const nextEpoch = { sessionEpoch: state.sessionEpoch + 1, keptSessionId: null };
  switch (event.type) {
    case 'UserProfileWasUpdated':
      return { ...state, name: event.data.name, updatedAt };
    case 'UserEmailWasChanged':
      return { ...state, email: event.data.email, previousEmail: event.data.previousEmail, updatedAt };
    case 'UserPasswordWasChanged': {
      const { passwordHash, keptSessionId } = event.data;
      return { ...state, ...nextEpoch, passwordHash, keptSessionId, updatedAt };
    }
    case 'UserSessionsWereRevoked':
      return { ...state, ...nextEpoch, updatedAt };
    case 'UserWasDeactivated':
      return { ...state, ...nextEpoch, status: 'deactivated', updatedAt };
    case 'EmailChangeWasAbandoned':
      return state;
    case 'UserWasErased':
      return { status: 'erased', userId: state.userId, tenantId: state.tenantId };
    default:
      return assertNever(event);
  }
};

/** Says whether there is, or was, a person behind the account. */
export const isKnown = (state: Account): state is KnownAccount =>
  state.status === 'active' || state.status === 'deactivated';

/** @throws {AppError} `USER_NOT_FOUND` or `USER_DEACTIVATED`. */
export const requireActive = (state: Account): KnownAccount => {
  if (!isKnown(state)) throw accountErrors.USER_NOT_FOUND();
  if (state.status === 'deactivated') throw accountErrors.USER_DEACTIVATED();
  return state;
};

/** Whether the account stands behind a session: not behind one of an earlier epoch, but for the kept one. */
export const isVouchedFor = (
  { status, sessionEpoch, keptSessionId }: KnownAccount,
  session: { readonly sessionId: SessionId; readonly epoch: number },
): boolean => status === 'active' && (session.epoch === sessionEpoch || session.sessionId === keptSessionId);

/** The rules of an account. */
export const account: Decider<Account, AccountCommand, AccountEvent> = {
  initialState: { status: 'absent' },
  evolve,
  decide,
};
