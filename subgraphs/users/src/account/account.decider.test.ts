import { describe, expect, it } from '@jest/globals';
import { bucketOfId, newId, newTenantId, testClock } from '@saas/kernel';
import { specification } from '@saas/event-sourcing/testing';
import type { TenantRole } from '@saas/auth';
import { account, isKnown, isVouchedFor } from './account.decider.ts';
import type { AccountEvent } from './account.events.ts';
import { parseEmail, parsePersonName, type PasswordHash } from './account.values.ts';

const given = specification(account);
const clock = testClock();
const at = clock.now().toISOString();
const tenantId = newTenantId(clock);
const newUser = () => newId('usr', bucketOfId(tenantId), clock);
const newSession = () => newId('ses', bucketOfId(tenantId), clock);
const [userId, otherId] = [newUser(), newUser()];
const [oldHash, newHash] = ['old' as PasswordHash, 'new' as PasswordHash];
const [ada, bob] = [parseEmail('ada@example.com'), parseEmail('bob@example.com')];
const name = parsePersonName('Ada');

const createdAs = (role: TenantRole): AccountEvent => ({
  type: 'UserWasCreated',
  data: { userId, tenantId, name, email: ada, role, passwordHash: oldHash, at },
});
const created = createdAs('MEMBER');
const deactivated: AccountEvent = { type: 'UserWasDeactivated', data: { by: userId, at } };
const by = (role: TenantRole, id = otherId) => ({ userId: id, role });
const deactivate = (actor: ReturnType<typeof by>, otherOwner = undefined as typeof otherId | undefined) =>
  ({ type: 'DeactivateUser', actor, otherOwner, at }) as const;

describe('an account', () => {
  it('is created once', () => {
    const command = { type: 'CreateUser', ...created.data } as Parameters<typeof account.decide>[0];
    given().when(command).thenHappens(created);
    given(created).when(command).thenRefused('USER_EXISTS');
    given({ type: 'RegistrationWasAbandoned', data: { at } }).when(command).thenRefused('USER_EXISTS');
  });

  it('looks absent before it is created, and for ever once its registration was abandoned', () => {
    const command = { type: 'UpdateProfile', name, at } as const;
    given().when(command).thenRefused('USER_NOT_FOUND');
    given({ type: 'RegistrationWasAbandoned', data: { at } }).when(command).thenRefused('USER_NOT_FOUND');
  });

  it('is erased once, whatever its state, and looks absent from then on', () => {
    const erased: AccountEvent = { type: 'UserWasErased', data: { at } };
    const command = { type: 'EraseUser', at } as const;
    given(created).when(command).thenHappens(erased);
    given(created, deactivated).when(command).thenHappens(erased);
    given(created, erased).when(command).thenHappens();
    given().when(command).thenRefused('USER_NOT_FOUND');
    given(created, erased).when({ type: 'UpdateProfile', name, at }).thenRefused('USER_NOT_FOUND');
    given(created, erased)
      .when(deactivate(by('OWNER')))
      .thenRefused('USER_NOT_FOUND');
  });

  it('keeps nothing of an erased person, also when a change of address is settled afterwards', () => {
    const history: AccountEvent[] = [
      created,
      { type: 'UserWasErased', data: { at } },
      { type: 'EmailChangeWasAbandoned', data: { at } },
    ];
    expect(history.reduce(account.evolve, account.initialState)).toEqual({
      status: 'erased',
      userId,
      tenantId,
    });
  });

  it('says nothing when its new name is its name', () => {
    given(created).when({ type: 'UpdateProfile', name, at }).thenHappens();
  });

  it('remembers the address before the last', () => {
    given(created)
      .when({ type: 'ChangeEmail', email: bob, at })
      .thenHappens({ type: 'UserEmailWasChanged', data: { email: bob, previousEmail: ada, at } });
  });

  it('does not take a password that was checked against another one', () => {
    const command = {
      type: 'ChangePassword',
      passwordHash: newHash,
      keptSessionId: newSession(),
      at,
    } as const;
    given(created)
      .when({ ...command, checkedHash: newHash })
      .thenRefused('VERSION_CONFLICT');
  });

  it('cannot change once deactivated', () => {
    given(created, deactivated).when({ type: 'UpdateProfile', name, at }).thenRefused('USER_DEACTIVATED');
  });

  it('keeps its state when a change of address was abandoned', () => {
    const before = account.evolve(account.initialState, created);
    expect(account.evolve(before, { type: 'EmailChangeWasAbandoned', data: { at } })).toEqual(before);
  });
});

describe('deactivating', () => {
  it.each([
    ['oneself', by('MEMBER', userId), created],
    ['a member as admin', by('ADMIN'), created],
    ['an admin as owner', by('OWNER'), createdAs('ADMIN')],
  ] as const)('is allowed for %s', (_, actor, history) => {
    given(history)
      .when(deactivate(actor))
      .thenHappens({ type: 'UserWasDeactivated', data: { by: actor.userId, at } });
  });

  it.each([
    ['a colleague as member', by('MEMBER'), created],
    ['an owner as admin', by('ADMIN'), createdAs('OWNER')],
  ] as const)('is refused for %s', (_, actor, history) => {
    given(history).when(deactivate(actor, otherId)).thenRefused('FORBIDDEN');
  });

  it('leaves a tenant its last owner', () => {
    given(createdAs('OWNER'))
      .when(deactivate(by('OWNER', userId)))
      .thenRefused('LAST_OWNER');
    given(createdAs('OWNER'))
      .when(deactivate(by('OWNER', userId), otherId))
      .thenHappens({ type: 'UserWasDeactivated', data: { by: userId, at } });
  });

  it('does nothing the second time', () => {
    given(created, deactivated)
      .when(deactivate(by('OWNER')))
      .thenHappens();
  });
});

describe('sessions', () => {
  const vouches = (
    history: readonly AccountEvent[],
    session: { epoch: number; sessionId?: ReturnType<typeof newSession> },
  ) => {
    const state = history.reduce(account.evolve, account.initialState);
    return isKnown(state) && isVouchedFor(state, { sessionId: newSession(), ...session });
  };

  it('are over when all are revoked', () => {
    const revoked: AccountEvent = { type: 'UserSessionsWereRevoked', data: { at } };
    expect(vouches([created], { epoch: 0 })).toBe(true);
    expect(vouches([created, revoked], { epoch: 0 })).toBe(false);
    expect(vouches([created, revoked], { epoch: 1 })).toBe(true);
  });

  it('are over with the old password, but for the one that changed it', () => {
    const keptSessionId = newSession();
    const changed: AccountEvent = {
      type: 'UserPasswordWasChanged',
      data: { passwordHash: newHash, keptSessionId, at },
    };
    expect(vouches([created, changed], { epoch: 0 })).toBe(false);
    expect(vouches([created, changed], { epoch: 0, sessionId: keptSessionId })).toBe(true);
  });

  it('are all over when the account is deactivated', () => {
    expect(vouches([created, deactivated], { epoch: 1 })).toBe(false);
  });
});
