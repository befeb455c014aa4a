import { describe, expect, it } from '@jest/globals';
import { isAppError } from '@saas/kernel';
import { asked, STALE_MS, to, world } from './accounts.fixture.ts';
import { parsePersonName, parseEmail, offeredPassword } from './account.values.ts';

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

  it('is refused at a version that is not the current one, and takes no address', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const stale = { ...asked(ada), expectedVersion: 7 };
    await expect(there.changeEmail(stale, to('countess@example.com'))).rejects.toMatchObject({
      code: 'VERSION_STALE',
      fields: { field: 'expectedVersion', expected: 7, actual: 1 },
    });
    expect(await there.holder('countess@example.com')).toBeUndefined();
  });

  it('names the input when its key was used for another request', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    await there.changeEmail(asked(ada, { key: 'one' }), to('countess@example.com'));
    const other = asked(ada, { key: 'one' });
    const reused = { ...other, ...(other.claim && { claim: { ...other.claim, requestHash: 'other' } }) };
    await expect(there.changeEmail(reused, to('x@example.com'))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      fields: { field: 'idempotencyKey' },
    });
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

it('a change of address that clears up late spares a change back that is under way', async () => {
  const there = world();
  const ada = await there.register('ada@example.com');
  let isAppending = (): void => undefined;
  const appending = new Promise<void>((resolve) => (isAppending = resolve));
  let change: Promise<unknown> = Promise.resolve();
  const back = there.changing({
    store: {
      ...there.store,
      append: async (append) => {
        isAppending();
        await change;
        return there.store.append(append);
      },
    },
  });
  let changingBack: Promise<unknown> = Promise.resolve();
  let looks = 0;
  const late = there.changing({
    directory: {
      ...there.directory,
      find: async (email) => {
        if (email.startsWith('ada') && (looks += 1) === 2) {
          changingBack = back.changeEmail(asked(ada), to('ada@example.com'));
          await appending;
        }
        return there.directory.find(email);
      },
    },
  });
  change = late.changeEmail(asked(ada), to('x@example.com'));
  await change;
  await changingBack;
  expect(await there.holder('ada@example.com')).toMatchObject({
    userId: ada.userId,
    confirmedAt: expect.any(String),
  });
  expect(await there.holder('x@example.com')).toBeUndefined();
});
