import type { AuthenticatedViewer } from '@saas/auth';
import { claimOf, memoryEventStore, type EventCodec, type EventStore } from '@saas/event-sourcing';
import { bucketOfId, newId, testClock, type UserId } from '@saas/kernel';
import { memoryEmailDirectory } from '../directory/email-directory.memory.ts';
import type { EmailDirectory } from '../directory/email-directory.port.ts';
import { settlement } from '../directory/settlement.process.ts';
import { invitations } from '../invitation/invitations.process.ts';
import { registration } from '../registration/registration.process.ts';
import { parseTenantName } from '../tenant/tenant.values.ts';
import type { KnownAccount } from './account.decider.ts';
import { emailKeyOf, offeredPassword, parseEmail, parsePassword, parsePersonName } from './account.values.ts';
import type { Asked } from './accounts.port.ts';
import { accounts } from './accounts.process.ts';
import { plainPasswords } from './passwords.memory.ts';

/** When the world's reservations grow stale. */
export const STALE_MS = 3_000;
const password = parsePassword('correct horse');
/** What everybody's password is, offered as a proof. */
export const current = offeredPassword('correct horse');

/** Accounts in a world of their own, whose clock moves half a second with every pause. */
export const world = ({ codec }: { readonly codec?: EventCodec } = {}) => {
  const clock = testClock();
  const store = memoryEventStore(clock, codec);
  const directory = memoryEmailDirectory();
  const owners: UserId[] = [];
  const denied: KnownAccount[] = [];
  const pause = async () => {
    clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const partsOf = (over: { store?: EventStore; directory?: EmailDirectory } = {}) => {
    const parts = { store, directory, ...over, clock, passwords: plainPasswords() };
    return { ...parts, settlement: settlement({ ...parts, staleMs: STALE_MS, waitMsMax: 60_000, pause }) };
  };
  const changing = (over: { store?: EventStore; directory?: EmailDirectory } = {}) =>
    accounts({
      ...partsOf(over),
      findOtherOwner: async (_, userId) => owners.find((owner) => owner !== userId),
      denySessions: async (account) => void denied.push(account),
    });
  const register = async (email: string, invitation?: Awaited<ReturnType<typeof invite>>) => {
    const { account } = await registration(partsOf())({
      name: parsePersonName('Ada'),
      email: parseEmail(email),
      password,
      place: invitation
        ? { type: 'join', ...invitation.invitation }
        : { type: 'found', tenantName: parseTenantName('Engines') },
      requestId: 'request',
    });
    if (account.role === 'OWNER') owners.push(account.userId);
    return as(account);
  };
  const as = ({ userId, tenantId, role }: KnownAccount): AuthenticatedViewer => {
    const sessionId = newId('ses', bucketOfId(tenantId), clock);
    return { status: 'authenticated', userId, tenantId, role, sessionId };
  };
  const invite = (viewer: AuthenticatedViewer, email: string, role: AuthenticatedViewer['role']) =>
    invitations({ store, clock, secret: 'secret' }).issue(asked(viewer), { email: parseEmail(email), role });
  const holder = async (email: string) => directory.find(emailKeyOf(parseEmail(email)));
  return {
    clock,
    store,
    directory,
    denied,
    changing,
    register,
    invite,
    holder,
    ...changing(),
    reconcile: () => partsOf().settlement.reconcile(),
  };
};

/** A request of the viewer. */
export const asked = (viewer: AuthenticatedViewer, over: Partial<Asked> & { key?: string } = {}): Asked => {
  const { key, ...rest } = over;
  const claim =
    key === undefined
      ? undefined
      : claimOf({ scope: viewer.userId, operation: 'x', input: { idempotencyKey: key }, secret: 's' });
  return { viewer, requestId: 'request', claim, ...rest };
};
/** A change to this address. */
export const to = (email: string) => ({ email: parseEmail(email), current });
