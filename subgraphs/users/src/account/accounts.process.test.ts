import { describe, expect, it } from '@jest/globals';
import type { AuthenticatedViewer } from '@saas/auth';
import { claimOf, memoryEventStore, type EventStore } from '@saas/event-sourcing';
import { isAppError, testClock, type UserId } from '@saas/kernel';
import { memoryEmailDirectory } from '../directory/email-directory.memory.ts';
import type { EmailDirectory } from '../directory/email-directory.port.ts';
import { settlement } from '../directory/settlement.process.ts';
import { invitations } from '../invitation/invitations.process.ts';
import { registration } from '../registration/registration.process.ts';
import { parseTenantName } from '../tenant/tenant.values.ts';
import { newId, bucketOfId } from '@saas/kernel';
import type { KnownAccount } from './account.decider.ts';
import { emailKeyOf, offeredPassword, parseEmail, parsePassword, parsePersonName } from './account.values.ts';
import type { Asked } from './accounts.port.ts';
import { accounts } from './accounts.process.ts';
import { plainPasswords } from './passwords.memory.ts';

const STALE_MS = 3_000;
const password = parsePassword('correct horse');
const current = offeredPassword('correct horse');

const world = () => {
  const clock = testClock();
  const store = memoryEventStore(clock);
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

const asked = (viewer: AuthenticatedViewer, over: Partial<Asked> & { key?: string } = {}): Asked => {
  const { key, ...rest } = over;
  const claim =
    key === undefined
      ? undefined
      : claimOf({ scope: viewer.userId, operation: 'x', input: { idempotencyKey: key }, secret: 's' });
  return { viewer, requestId: 'request', claim, ...rest };
};
const to = (email: string) => ({ email: parseEmail(email), current });

describe('a change of address', () => {
  it('takes the new one and frees the old one', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const { account, version } = await there.changeEmail(asked(ada), to('countess@example.com'));
    expect(account).toMatchObject({ email: 'countess@example.com' });
    expect(version).toBe(2);
    expect(await there.holder('ada@example.com')).toBeUndefined();
    expect(await there.holder('countess@example.com')).toMatchObject({
      userId: ada.userId,
      confirmedAt: expect.any(String),
    });
    await expect(there.register('ada@example.com')).resolves.toMatchObject({ role: 'OWNER' });
  });

  it('is refused when the address is taken, and without the password', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    await there.register('bob@example.com');
    await expect(there.changeEmail(asked(ada), to('BOB@example.com'))).rejects.toMatchObject({
      code: 'EMAIL_TAKEN',
      fields: { field: 'newEmail' },
    });
    const wrong = { email: parseEmail('eve@example.com'), current: offeredPassword('wrong') };
    await expect(there.changeEmail(asked(ada), wrong)).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
    expect(await there.holder('eve@example.com')).toBeUndefined();
  });

  it('has one winner among many people', async () => {
    const there = world();
    const people = await Promise.all(
      Array.from({ length: 8 }, (_, n) => there.register(`p${n}@example.com`)),
    );
    const race = await Promise.allSettled(
      people.map((person) => there.changeEmail(asked(person), to('x@example.com'))),
    );
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const { reason } of race.flatMap((each) => (each.status === 'rejected' ? [each] : []))) {
      expect(isAppError(reason, 'EMAIL_TAKEN')).toBe(true);
    }
  });

  it('is done once for many identical requests', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => there.changeEmail(asked(ada, { key: 'same' }), to('x@example.com'))),
    );
    expect(new Set(answers.map(({ version }) => version))).toEqual(new Set([2]));
    expect(there.store.outbox.filter(({ routingKey }) => routingKey === 'user.email_changed')).toHaveLength(
      1,
    );
  });

  it('survives a change of the profile at the same moment', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const [{ account }] = await Promise.all([
      there.changeEmail(asked(ada), to('x@example.com')),
      there.updateProfile(asked(ada), parsePersonName('Countess')),
    ]);
    expect(account.email).toBe('x@example.com');
    expect(await there.holder('x@example.com')).toMatchObject({ confirmedAt: expect.any(String) });
    expect(await there.holder('ada@example.com')).toBeUndefined();
  });

  it('back and forth leaves exactly the last one', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    await Promise.allSettled(
      ['x', 'ada', 'y', 'x', 'ada'].map((each) => there.changeEmail(asked(ada), to(`${each}@example.com`))),
    );
    const { account } = await there.changeEmail(asked(ada), to('last@example.com'));
    there.clock.advance(STALE_MS + 1);
    await there.reconcile();
    expect(account.email).toBe('last@example.com');
    for (const each of ['x', 'y', 'ada']) expect(await there.holder(`${each}@example.com`)).toBeUndefined();
    expect(await there.holder('last@example.com')).toMatchObject({ confirmedAt: expect.any(String) });
  });

  it.each(['before append', 'after append', 'before release', 'before confirm'])(
    'is settled when the process dies %s',
    async (step) => {
      const there = world();
      const ada = await there.register('ada@example.com');
      const die = (here: string) => {
        if (here === step) throw new Error('killed');
      };
      const dying = there.changing({
        store: {
          ...there.store,
          append: async (append) => {
            die('before append');
            const appended = await there.store.append(append);
            die('after append');
            return appended;
          },
        },
        directory: {
          ...there.directory,
          release: async (row) => {
            die('before release');
            await there.directory.release(row);
          },
          confirm: async (row, at) => {
            die('before confirm');
            await there.directory.confirm(row, at);
          },
        },
      });
      await expect(dying.changeEmail(asked(ada), to('x@example.com'))).rejects.toThrow('killed');
      there.clock.advance(STALE_MS + 1);
      await there.reconcile();
      const [kept, freed] = step === 'before append' ? ['ada', 'x'] : ['x', 'ada'];
      expect(await there.holder(`${kept}@example.com`)).toMatchObject({
        userId: ada.userId,
        confirmedAt: expect.any(String),
      });
      expect(await there.holder(`${freed}@example.com`)).toBeUndefined();
    },
  );

  it('leaves nothing behind when the next change follows a death', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const dying = there.changing({
      directory: {
        ...there.directory,
        release: async () => {
          throw new Error('killed');
        },
      },
    });
    await expect(dying.changeEmail(asked(ada), to('x@example.com'))).rejects.toThrow('killed');
    await there.changeEmail(asked(ada), to('X@example.com'));
    await there.changeEmail(asked(ada), to('y@example.com'));
    expect(await there.holder('ada@example.com')).toBeUndefined();
    expect(await there.holder('x@example.com')).toBeUndefined();
  });
});

describe('deactivating', () => {
  it('keeps at least one of two owners who deactivate each other', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const bob = await there.register('bob@example.com', await there.invite(ada, 'bob@example.com', 'OWNER'));
    const race = await Promise.allSettled([
      there.deactivate(asked(ada), bob.userId),
      there.deactivate(asked(bob), ada.userId),
    ]);
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is refused for the last owner', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    await expect(there.deactivate(asked(ada), ada.userId)).rejects.toMatchObject({ code: 'LAST_OWNER' });
  });

  it("cannot reach another tenant's user", async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const eve = await there.register('eve@example.com');
    await expect(there.deactivate(asked(eve), ada.userId)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  });

  it('makes access tokens worthless', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const bob = await there.register('bob@example.com', await there.invite(ada, 'bob@example.com', 'MEMBER'));
    await there.deactivate(asked(ada), bob.userId);
    expect(there.denied).toMatchObject([{ userId: bob.userId, sessionEpoch: 1 }]);
  });
});

describe('an invitation', () => {
  it('brings one person in, once, as what it says', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const invitation = await there.invite(ada, 'Bob@example.com', 'ADMIN');
    const race = await Promise.allSettled(
      ['bob@example.com', 'BOB@example.com'].map((email) => there.register(email, invitation)),
    );
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const bob = race.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))[0];
    expect(bob).toMatchObject({ tenantId: ada.tenantId, role: 'ADMIN' });
  });

  it('is for its address alone, and leaves no reservation when it is refused', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const invitation = await there.invite(ada, 'bob@example.com', 'MEMBER');
    await expect(there.register('eve@example.com', invitation)).rejects.toMatchObject({
      code: 'INVITATION_INVALID',
    });
    expect(await there.holder('eve@example.com')).toBeUndefined();
  });

  it('expires after seven days', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const invitation = await there.invite(ada, 'bob@example.com', 'MEMBER');
    there.clock.advance(7 * 24 * 60 * 60 * 1_000);
    await expect(there.register('bob@example.com', invitation)).rejects.toMatchObject({
      code: 'INVITATION_EXPIRED',
    });
  });

  it('cannot be issued by a member', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const bob = await there.register('bob@example.com', await there.invite(ada, 'bob@example.com', 'MEMBER'));
    await expect(there.invite(bob, 'eve@example.com', 'MEMBER')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

it('a changed password ends other sessions and is the only one that works', async () => {
  const there = world();
  const ada = await there.register('ada@example.com');
  const next = parsePassword('battery staple');
  const { account } = await there.changePassword(asked(ada), { current, next });
  expect(account).toMatchObject({ sessionEpoch: 1, keptSessionId: ada.sessionId });
  await expect(there.changePassword(asked(ada), { current, next })).rejects.toMatchObject({
    code: 'CREDENTIALS_INVALID',
  });
});
