import { bucketOfId, isAppError, newId, newTenantId, type Clock } from '@saas/kernel';
import {
  eventStoreErrors,
  stateOf,
  type Claim,
  type EventStore,
  type StreamSlice,
} from '@saas/event-sourcing';
import { accountStream } from '../account/account.decider.ts';
import { accountErrors } from '../account/account.errors.ts';
import type { AccountEvent } from '../account/account.events.ts';
import { emailKeyOf, type Password } from '../account/account.values.ts';
import type { Passwords } from '../account/passwords.port.ts';
import { directoryErrors } from '../directory/email-directory.errors.ts';
import type { EmailDirectory, RegistrationClaim, Reservation } from '../directory/email-directory.port.ts';
import type { Settlement } from '../directory/settlement.process.ts';
import { invitation, invitationStream } from '../invitation/invitation.decider.ts';
import type { InvitationEvent } from '../invitation/invitation.events.ts';
import { tenant, tenantStream } from '../tenant/tenant.decider.ts';
import type { TenantEvent } from '../tenant/tenant.events.ts';
import {
  decideRegistration,
  registeredAs,
  type Newcomer,
  type Registered,
  type RegistrationHistory,
} from './registration.decider.ts';

const ATTEMPTS_MAX = 10;

export type Registration = Pick<Newcomer, 'name' | 'email' | 'place' | 'requestId'> & {
  readonly password: Password;
  readonly claim?: Claim;
};

type Options = {
  readonly store: EventStore;
  readonly directory: EmailDirectory;
  readonly settlement: Settlement;
  readonly passwords: Passwords;
  readonly clock: Clock;
};

export type Register = (request: Registration) => Promise<Registered>;

/**
 * Opens an account: exactly one for an address, over all shards, and exactly one for an idempotency key, however many ask at
 * once and whoever dies in between. Tenant, account and invitation are stored in one transaction.
 *
 * @throws {AppError} `EMAIL_TAKEN`, `INVITATION_INVALID`, `INVITATION_EXPIRED`, `IDEMPOTENCY_KEY_REUSED`; retryable:
 *   `EMAIL_BUSY`, `PASSWORDS_BUSY`.
 */
export const registration =
  (options: Options): Register =>
  async (request) => {
    const { store, directory, passwords } = options;
    // What can be refused or answered cheaply is, before a password is hashed.
    if (!(await isRepeated(directory, request))) await refuseEarly(options, request);
    const passwordHash = await passwords.hash(request.password);

    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const newcomer = { ...request, passwordHash, ...freshIds(request, options.clock) };
      const reservation = { ...newcomer, email: emailKeyOf(request.email), fenceVersion: 0 };
      const acquired = await acquire(options, reservation, request.claim);
      if (acquired.status === 'answered') return answerOf(store, acquired.by);
      const registered = await appendOrAbandon(options, newcomer, reservation);
      if (registered) return registered;
    }
    throw directoryErrors.EMAIL_BUSY({ field: 'email' });
  };

const isRepeated = async (directory: EmailDirectory, { claim }: Registration): Promise<boolean> => {
  const known = claim && (await directory.findClaim(claim.key));
  if (known && known.requestHash !== claim.requestHash)
    throw eventStoreErrors.IDEMPOTENCY_KEY_REUSED({ field: 'idempotencyKey' });
  return known !== undefined;
};

const refuseEarly = async (
  { store, directory, clock }: Options,
  { email, place }: Registration,
): Promise<void> => {
  const row = await directory.find(emailKeyOf(email));
  if (row && row.confirmedAt !== null) throw accountErrors.EMAIL_TAKEN({ field: 'email' });
  if (place.type === 'found') return;
  const userId = newId('usr', bucketOfId(place.tenantId), clock);
  const [slice] = await store.read<InvitationEvent>(place.tenantId, [invitationStream(place.invitationId)]);
  const state = stateOf(invitation, slice ?? nothing());
  invitation.decide({ type: 'AcceptInvitation', userId, email, at: clock.now().toISOString() }, state);
};

const acquire = (
  { settlement }: Options,
  { email, userId, tenantId, fenceVersion }: Omit<Reservation, 'reservedAt'>,
  claim: Claim | undefined,
) => {
  const named: RegistrationClaim | undefined = claim && {
    key: claim.key,
    requestHash: claim.requestHash,
    email,
    userId,
    tenantId,
  };
  return settlement.acquire({ email, userId, tenantId, fenceVersion }, named);
};

/** Undefined when a rival has fenced us off: nothing was stored, and this user id can never be used. */
const appendOrAbandon = async (
  options: Options,
  newcomer: Newcomer,
  reservation: Omit<Reservation, 'reservedAt'>,
): Promise<Registered | undefined> => {
  const { store, directory, clock } = options;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const history = await read(store, newcomer);
    if (history.account.version > 0) return undefined;
    const decided = await decideOrAbandon(options, newcomer, history, reservation);
    try {
      const { tenantId, userId, requestId } = newcomer;
      const { streams, registered } = decided;
      const { token } = await store.append({ tenantId, metadata: { actor: userId, requestId }, streams });
      await confirm(directory, reservation, clock);
      return { ...registered, ...(token !== undefined && { token }) };
    } catch (error) {
      if (!isAppError(error, 'VERSION_CONFLICT')) throw error;
    }
  }
  throw eventStoreErrors.VERSION_CONFLICT();
};

/** Decides; when the door has closed meanwhile, the address is free again at once, for no append of ours is under way. */
const decideOrAbandon = async (
  { directory, clock }: Options,
  newcomer: Newcomer,
  history: RegistrationHistory,
  reservation: Omit<Reservation, 'reservedAt'>,
) => {
  try {
    return decideRegistration(newcomer, history, clock.now().toISOString());
  } catch (error) {
    await directory.abandon(reservation);
    throw error;
  }
};

/** The account exists; when the directory cannot be told just now, whoever reconciles will tell it. */
const confirm = async (
  directory: EmailDirectory,
  reservation: Omit<Reservation, 'reservedAt'>,
  clock: Clock,
): Promise<void> => {
  try {
    await directory.confirm(reservation, clock.now().toISOString());
  } catch (error) {
    if (!isAppError(error) || !error.definition.retryable) throw error;
  }
};

/** The account as it was when it was opened, whatever has become of it. */
const answerOf = async (store: EventStore, { tenantId, userId }: RegistrationClaim): Promise<Registered> => {
  const slices = await store.read(tenantId, [accountStream(userId), tenantStream(tenantId)], {
    upTo: [1, 1],
  });
  const [accountSlice = nothing(), tenantSlice = nothing()] = slices;
  const tenantState = stateOf(tenant, tenantSlice as StreamSlice<TenantEvent>);
  if (tenantState.status === 'absent') throw new Error(`Tenant ${tenantId} of a registered user is absent.`);
  return registeredAs(accountSlice.events as unknown as readonly AccountEvent[], tenantState);
};

const read = async (
  store: EventStore,
  { tenantId, userId, place }: Newcomer,
): Promise<RegistrationHistory> => {
  const streams = [accountStream(userId), tenantStream(tenantId)];
  if (place.type === 'join') streams.push(invitationStream(place.invitationId));
  const [accountSlice, tenantSlice, invitationSlice] = await store.read(tenantId, streams);
  return {
    account: (accountSlice ?? nothing()) as StreamSlice<AccountEvent>,
    tenant: (tenantSlice ?? nothing()) as StreamSlice<TenantEvent>,
    invitation: (invitationSlice ?? nothing()) as StreamSlice<InvitationEvent>,
  };
};

const freshIds = ({ place }: Registration, clock: Clock) => {
  const tenantId = place.type === 'join' ? place.tenantId : newTenantId(clock);
  return { tenantId, userId: newId('usr', bucketOfId(tenantId), clock) };
};

const nothing = () => ({ events: [], version: 0 });
