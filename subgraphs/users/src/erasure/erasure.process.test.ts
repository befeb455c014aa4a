import { describe, expect, it } from '@jest/globals';
import { eventCodec, memorySubjectKeys, sealedEvents } from '@saas/event-sourcing';
import { bucketOfId, newId, newTenantId } from '@saas/kernel';
import type { AuthenticatedViewer } from '@saas/auth';
import { accountStream } from '../account/account.decider.ts';
import { asked, to, world } from '../account/accounts.fixture.ts';
import { invitationStream } from '../invitation/invitation.decider.ts';
import { usersEvents } from '../users.events.ts';
import { memoryErasures } from './erasures.memory.ts';
import type { Person } from './erasures.port.ts';
import { personErasure, type ErasureOptions } from './erasure.process.ts';

/** Ada, who founded a tenant, invited Bob and changed her address; and what can erase them. */
const erasable = async () => {
  const keys = memorySubjectKeys();
  const around = world({ codec: sealedEvents(eventCodec(usersEvents), usersEvents, keys) });
  const ada = await around.register('ada@example.com');
  const invited = await around.invite(ada, 'bob@example.com', 'MEMBER');
  const bob = await around.register('bob@example.com', invited);
  await around.changeEmail(asked(ada), to('ada@lovelace.example'));
  const people: Person[] = [ada, bob];
  const options: ErasureOptions = {
    store: around.store,
    keys,
    directory: around.directory,
    erasures: memoryErasures(people),
    clock: around.clock,
    findOtherOwner: async () => undefined,
  };
  const dataOf = async ({ tenantId, userId }: AuthenticatedViewer) =>
    JSON.stringify((await around.store.read(tenantId, [accountStream(userId)]))[0]?.events);
  return { ...around, ada, bob, invited, keys, options, dataOf, ...personErasure(options) };
};

describe('erasing a person', () => {
  it('leaves a history without a name, an address or a hash, which can still be replayed', async () => {
    const { ada, erase, dataOf } = await erasable();
    expect(await dataOf(ada)).toMatch(/ada@example.com.*ada@lovelace.example/);
    const { erasure, isDoneBefore } = await erase(ada.userId, 'root');
    expect(isDoneBefore).toBe(false);
    expect(erasure).toMatchObject({
      requestedBy: 'root',
      pseudonyms: [],
      outcome: { keys: 1, addresses: 1 },
    });
    const data = await dataOf(ada);
    expect(data).toContain('Erased user');
    expect(data).toContain('UserWasErased');
    expect(data).not.toMatch(/Ada|@example.com|lovelace|correct horse/);
  });

  it('touches nobody else', async () => {
    const { ada, bob, erase, dataOf, holder } = await erasable();
    const before = await dataOf(bob);
    await erase(ada.userId, 'root');
    expect(await dataOf(bob)).toBe(before);
    expect(await holder('bob@example.com')).toBeDefined();
  });

  it('makes the invitations unreadable that went to any of their addresses', async () => {
    const { ada, bob, invited, erase, invite, store } = await erasable();
    const open = await invite(ada, 'BOB@example.com', 'ADMIN');
    expect((await erase(bob.userId, 'root')).erasure.outcome?.keys).toBe(2);
    const streams = [invited, open].map(({ invitation }) => invitationStream(invitation.invitationId));
    const slices = await store.read(ada.tenantId, streams);
    expect(JSON.stringify(slices)).toMatch(/erased@erased.invalid.*erased@erased.invalid/);
    expect(JSON.stringify(slices)).not.toMatch(/bob@/i);
  });

  it('frees the address for somebody new', async () => {
    const { ada, erase, register, dataOf } = await erasable();
    await erase(ada.userId, 'root');
    expect(await dataOf(await register('ada@lovelace.example'))).toContain('ada@lovelace.example');
  });

  it('is announced to the others, with nothing but the id and the time', async () => {
    const { ada, erase, store, clock } = await erasable();
    await erase(ada.userId, 'root');
    const { routingKey, body } = store.outbox.at(-1) ?? {};
    expect({ routingKey, body }).toEqual({
      routingKey: 'user.erased',
      body: { userId: ada.userId, at: clock.now().toISOString() },
    });
  });

  it('says that it was done when it is asked for again, and changes nothing', async () => {
    const { ada, erase, plan, store } = await erasable();
    const { erasure } = await erase(ada.userId, 'root');
    const announced = store.outbox.length;
    expect(await erase(ada.userId, 'somebody else')).toEqual({ isDoneBefore: true, erasure });
    expect(store.outbox).toHaveLength(announced);
    expect(await plan(ada.userId)).toMatchObject({ status: 'done', before: erasure });
  });

  it('is planned without changing anything, and warns of a tenant that nobody could manage', async () => {
    const { ada, bob, plan, dataOf, store } = await erasable();
    const before = [await dataOf(ada), store.outbox.length];
    expect(await plan(ada.userId)).toMatchObject({ status: 'to do', isLastOwner: true });
    expect(await plan(bob.userId)).toMatchObject({ isLastOwner: false, role: 'MEMBER' });
    expect((await plan(ada.userId)).addresses).toEqual(['ada@example.com', 'ada@lovelace.example']);
    expect([await dataOf(ada), store.outbox.length]).toEqual(before);
  });

  it('knows nobody who never had an account', async () => {
    const { erase, plan, clock } = await erasable();
    const stranger = newId('usr', bucketOfId(newTenantId(clock)), clock);
    await expect(plan(stranger)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    await expect(erase(stranger, 'root')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  });
});

const steps = ['append', 'begin', 'forget', 'drop', 'destroy', 'finish'] as const;

describe.each(['before', 'after'] as const)('an erasure that dies just %s', (moment) => {
  it.each(steps)('%s is finished by the next run', async (step) => {
    const { ada, options, dataOf, keys, holder } = await erasable();
    const dying = personErasure(dyingAt(options, step, moment));
    await expect(dying.erase(ada.userId, 'root')).rejects.toThrow('killed');
    await personErasure(options).erase(ada.userId, 'root');
    expect(await dataOf(ada)).not.toMatch(/Ada|@example.com|lovelace/);
    expect(await holder('ada@lovelace.example')).toBeUndefined();
    const subjects = [ada.userId, 'mailto:ada@example.com'];
    expect(await keys.destroy(subjects.map((subject) => keys.pseudonymOf(subject)))).toBe(0);
    expect(await personErasure(options).list(10)).toMatchObject([{ requestedBy: 'root', pseudonyms: [] }]);
  });
});

/** The same, but for one step at which the process dies, once. */
const dyingAt = (
  { store, erasures, directory, keys, ...rest }: ErasureOptions,
  step: (typeof steps)[number],
  moment: 'before' | 'after',
): ErasureOptions => {
  const killed =
    <Given extends readonly unknown[], Result>(
      name: typeof step,
      work: (...given: Given) => Promise<Result>,
    ) =>
    async (...given: Given): Promise<Result> => {
      if (name !== step) return work(...given);
      if (moment === 'after') await work(...given);
      throw new Error('killed');
    };
  return {
    ...rest,
    store: { ...store, append: killed('append', (append) => store.append(append)) },
    directory: { forget: killed('forget', (userId) => directory.forget(userId)) },
    keys: { ...keys, destroy: killed('destroy', (pseudonyms) => keys.destroy(pseudonyms)) },
    erasures: {
      ...erasures,
      begin: killed('begin', (erasure) => erasures.begin(erasure)),
      drop: killed('drop', (person) => erasures.drop(person)),
      finish: killed('finish', (erasure, outcome, at) => erasures.finish(erasure, outcome, at)),
    },
  };
};
