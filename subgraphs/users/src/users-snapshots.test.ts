import { itLosesNothingInSnapshots } from '@saas/event-sourcing/testing';
import { newId, newTenantId, testClock } from '@saas/kernel';
import fc from 'fast-check';
import { account, type AccountCommand } from './account/account.decider.ts';
import { parseEmail, parsePersonName, type PasswordHash } from './account/account.values.ts';
import { invitation } from './invitation/invitation.decider.ts';
import { session, type SessionCommand } from './session/session.decider.ts';
import type { RefreshSecretHash } from './session/refresh-token.values.ts';
import { tenant, type TenantCommand } from './tenant/tenant.decider.ts';
import { parseTenantName } from './tenant/tenant.values.ts';

const clock = testClock();
const tenantId = newTenantId(clock);
const [ada, bob] = [newId('usr', 1, clock), newId('usr', 1, clock)];
const [sessionId, invitationId] = [newId('ses', 1, clock), newId('inv', 1, clock)];
const hours = (count: number) => new Date(Date.UTC(2026, 0, 1, count)).toISOString();
const at = fc.nat(120 * 24).map(hours);
const email = fc.constantFrom('ada@example.com', 'Ada@example.org', 'bob@example.com').map(parseEmail);
const name = fc.constantFrom('Ada', 'Ada King').map(parsePersonName);
const passwordHash = fc.constantFrom('one', 'two').map((text) => text as PasswordHash);
const secretHash = fc.constantFrom('red', 'green').map((text) => text as RefreshSecretHash);
const role = fc.constantFrom('OWNER' as const, 'ADMIN' as const, 'MEMBER' as const);
const actor = fc.record({ userId: fc.constantFrom(ada, bob), role });
const common = { userId: ada, tenantId, at: hours(0) };

itLosesNothingInSnapshots({
  name: 'an account',
  decider: account,
  first: {
    ...common,
    type: 'CreateUser',
    name: parsePersonName('Ada'),
    email: parseEmail('ada@example.com'),
    role: 'ADMIN',
    passwordHash: 'one' as PasswordHash,
  },
  commands: fc.oneof<fc.Arbitrary<AccountCommand>[]>(
    fc.record({ type: fc.constant('UpdateProfile' as const), name, at }),
    fc.record({ type: fc.constant('ChangeEmail' as const), email, at }),
    fc.record({
      type: fc.constant('ChangePassword' as const),
      checkedHash: passwordHash,
      passwordHash,
      keptSessionId: fc.constant(sessionId),
      at,
    }),
    fc.record({ type: fc.constant('RevokeSessions' as const), at }),
    fc.record({ type: fc.constant('AbandonReservation' as const), at }),
    fc.record({
      type: fc.constant('DeactivateUser' as const),
      actor,
      otherOwner: fc.option(fc.constant(bob), { nil: undefined }),
      at,
    }),
  ),
});

itLosesNothingInSnapshots({
  name: 'an invitation',
  decider: invitation,
  first: {
    type: 'IssueInvitation',
    invitationId,
    tenantId,
    email: parseEmail('bob@example.com'),
    role: 'MEMBER',
    actor: { userId: ada, role: 'OWNER' },
    at: hours(0),
  },
  commands: fc.record({
    type: fc.constant('AcceptInvitation' as const),
    userId: fc.constant(bob),
    email,
    at: fc.nat(10 * 24).map(hours),
  }),
});

itLosesNothingInSnapshots({
  name: 'a session',
  decider: session,
  first: {
    type: 'StartSession',
    sessionId,
    userId: ada,
    epoch: 0,
    secretHash: 'red' as RefreshSecretHash,
    idleMsMax: 30 * 24 * 3_600_000,
    at: hours(0),
  },
  commands: fc.oneof<fc.MaybeWeightedArbitrary<SessionCommand>[]>(
    {
      weight: 20,
      arbitrary: fc.record({
        type: fc.constant('TradeRefreshToken' as const),
        offered: secretHash,
        next: secretHash,
        isSpent: fc.nat(15).map((n) => n === 0),
        isVouchedFor: fc.nat(15).map((n) => n > 0),
        idleMsMax: fc.constant(30 * 24 * 3_600_000),
        at,
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('EndSession' as const), at }) },
  ),
});

const found: TenantCommand = {
  type: 'CreateTenant',
  tenantId,
  name: parseTenantName('Engines'),
  foundedBy: ada,
  at: hours(0),
};
itLosesNothingInSnapshots({ name: 'a tenant', decider: tenant, first: found, commands: fc.constant(found) });
