import type { InvitationId, TenantId, UserId } from '@saas/kernel';
import { stateOf, type ConsistencyToken, type StreamAppend, type StreamSlice } from '@saas/event-sourcing';
import type { TenantRole } from '@saas/auth';
import { announceAccount } from '../account/account.announcements.ts';
import { account, accountStream, isKnown, type KnownAccount } from '../account/account.decider.ts';
import type { AccountEvent } from '../account/account.events.ts';
import type { Email, PasswordHash, PersonName } from '../account/account.values.ts';
import { invitation, invitationStream } from '../invitation/invitation.decider.ts';
import { invitationErrors } from '../invitation/invitation.errors.ts';
import type { InvitationEvent } from '../invitation/invitation.events.ts';
import { announceTenant } from '../tenant/tenant.announcements.ts';
import { tenant, tenantStream, type KnownTenant, type Tenant } from '../tenant/tenant.decider.ts';
import type { TenantEvent } from '../tenant/tenant.events.ts';
import type { TenantName } from '../tenant/tenant.values.ts';

/** Where a newcomer goes: into a tenant of their own, or into the one that invited them. */
export type Place =
  | { readonly type: 'found'; readonly tenantName: TenantName }
  | { readonly type: 'join'; readonly tenantId: TenantId; readonly invitationId: InvitationId };

/** An account that has just been opened. */
export type Registered = {
  readonly account: KnownAccount;
  readonly version: number;
  readonly tenant: KnownTenant;
  readonly token?: ConsistencyToken;
};

/** Somebody who wants an account, with everything that must not be made up while deciding. */
export type Newcomer = {
  readonly name: PersonName;
  readonly email: Email;
  readonly place: Place;
  readonly requestId: string;
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly passwordHash: PasswordHash;
};

/** The streams that a registration writes to, as they are before. */
export type RegistrationHistory = {
  readonly account: StreamSlice<AccountEvent>;
  readonly tenant: StreamSlice<TenantEvent>;
  readonly invitation: StreamSlice<InvitationEvent>;
};

/**
 * What a registration writes, over all its streams: the founder's tenant or the guest's accepted invitation, and the account.
 *
 * @throws {AppError} `INVITATION_INVALID` or `INVITATION_EXPIRED`.
 */
export const decideRegistration = (
  newcomer: Newcomer,
  history: RegistrationHistory,
  at: string,
): { readonly registered: Registered; readonly streams: readonly StreamAppend[] } => {
  const { name, email, place, userId, tenantId, passwordHash } = newcomer;
  const joined =
    place.type === 'found' ? found(newcomer, place, history, at) : join(newcomer, place, history, at);
  const creation = {
    type: 'CreateUser',
    userId,
    tenantId,
    name,
    email,
    role: joined.role,
    passwordHash,
    at,
  } as const;
  const events = account.decide(creation, account.initialState);
  const stream = accountStream(userId);
  const announcements = events.flatMap((event) => announceAccount(event, stream));
  return {
    registered: registeredAs(events, joined.tenant),
    streams: [joined.append, { stream, expectedVersion: 0, events, announcements }],
  };
};

type Joined = { readonly role: TenantRole; readonly tenant: KnownTenant; readonly append: StreamAppend };

const found = (
  { tenantId, userId }: Newcomer,
  { tenantName }: Extract<Place, { type: 'found' }>,
  history: RegistrationHistory,
  at: string,
): Joined => {
  const before = stateOf(tenant, history.tenant);
  const events = tenant.decide(
    { type: 'CreateTenant', tenantId, name: tenantName, foundedBy: userId, at },
    before,
  );
  const stream = tenantStream(tenantId);
  const announcements = events.flatMap(announceTenant);
  return {
    role: 'OWNER',
    tenant: presentTenant(events.reduce(tenant.evolve, before)),
    append: { stream, expectedVersion: history.tenant.version, events, announcements },
  };
};

const join = (
  { userId, email }: Newcomer,
  { invitationId }: Extract<Place, { type: 'join' }>,
  history: RegistrationHistory,
  at: string,
): Joined => {
  const known = stateOf(invitation, history.invitation);
  const events = invitation.decide({ type: 'AcceptInvitation', userId, email, at }, known);
  if (known.status === 'absent') throw invitationErrors.INVITATION_INVALID({ field: 'invitationToken' });
  return {
    role: known.role,
    tenant: presentTenant(stateOf(tenant, history.tenant)),
    append: { stream: invitationStream(invitationId), expectedVersion: history.invitation.version, events },
  };
};

const presentTenant = (state: Tenant): KnownTenant => {
  if (state.status === 'absent') throw new Error('Somebody was invited into a tenant that does not exist.');
  return state;
};

/** The account that these first events led to. */
export const registeredAs = (events: readonly AccountEvent[], tenantState: KnownTenant): Registered => {
  const state = events.reduce(account.evolve, account.initialState);
  if (!isKnown(state)) throw new Error('A registration led to no account.');
  return { account: state, version: events.length, tenant: tenantState };
};
