import { describe, expect, it } from '@jest/globals';
import { claimOf, memoryEventStore, type EventStore } from '@saas/event-sourcing';
import { isAppError, testClock } from '@saas/kernel';
import { readAccount } from '../account/account-reader.process.ts';
import { emailKeyOf, parseEmail, parsePassword, parsePersonName } from '../account/account.values.ts';
import { plainPasswords } from '../account/passwords.memory.ts';
import { memoryEmailDirectory } from '../directory/email-directory.memory.ts';
import type { EmailDirectory } from '../directory/email-directory.port.ts';
import { settlement } from '../directory/settlement.process.ts';
import { parseTenantName } from '../tenant/tenant.values.ts';
import { registration, type Registration } from './registration.process.ts';

const STALE_MS = 3_000;
const ada = parseEmail('Ada@example.com');

/** A world of its own, in which every pause is a second and then lets everybody else move. */
const world = () => {
  const clock = testClock();
  const store = memoryEventStore(clock);
  const directory = memoryEmailDirectory();
  const pause = async () => {
    clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const settling = (parts: Partial<Parts> = {}) =>
    settlement({ store, directory, clock, staleMs: STALE_MS, waitMsMax: 60_000, pause, ...parts });
  const registering = (parts: Partial<Parts> = {}) =>
    registration({
      store,
      directory,
      clock,
      passwords: plainPasswords(),
      settlement: settling(parts),
      ...parts,
    });
  return { clock, store, directory, settling, registering, register: registering() };
};
type Parts = { readonly store: EventStore; readonly directory: EmailDirectory };

const request = (over: Partial<Registration> & { readonly key?: string } = {}): Registration => {
  const { key, ...rest } = over;
  const input = { email: rest.email ?? ada, name: rest.name ?? 'Ada', idempotencyKey: key ?? null };
  const claim = claimOf({ scope: 'anonymous', operation: 'register', input, secret: 'secret' });
  return {
    name: parsePersonName('Ada'),
    email: ada,
    password: parsePassword('correct horse'),
    place: { type: 'found', tenantName: parseTenantName('Analytical Engines') },
    requestId: 'request-1',
    ...(claim && { claim }),
    ...rest,
  };
};

const codesOf = (outcomes: readonly PromiseSettledResult<unknown>[]): readonly string[] =>
  outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' && isAppError(outcome.reason) ? [outcome.reason.code] : [],
  );

describe('a registration', () => {
  it('founds a tenant with its owner', async () => {
    const { register, directory } = world();
    const { account, tenant, version } = await register(request());
    expect(account).toMatchObject({ status: 'active', role: 'OWNER', email: 'Ada@example.com' });
    expect(tenant).toMatchObject({ tenantId: account.tenantId, name: 'Analytical Engines' });
    expect(version).toBe(1);
    const row = await directory.find(emailKeyOf(ada));
    expect(row).toMatchObject({ userId: account.userId });
    expect(row?.confirmedAt).not.toBeNull();
  });

  it('announces ids and times, and neither name nor address nor hash', async () => {
    const { register, store } = world();
    await register(request());
    expect(store.outbox.map(({ routingKey }) => routingKey)).toEqual(['tenant.created', 'user.created']);
    expect(JSON.stringify(store.outbox)).not.toMatch(/ada|hash/i);
  });

  it('is refused when the address is taken, whatever the case of its letters', async () => {
    const { register } = world();
    await register(request());
    await expect(register(request({ email: parseEmail('ADA@EXAMPLE.COM') }))).rejects.toMatchObject({
      code: 'EMAIL_TAKEN',
      fields: { field: 'email' },
    });
  });

  it('has one winner among many with one address', async () => {
    const { register } = world();
    const race = await Promise.allSettled(
      Array.from({ length: 64 }, (_, n) => register(request({ key: `key-${n}` }))),
    );
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(new Set(codesOf(race))).toEqual(new Set(['EMAIL_TAKEN']));
  });

  it('answers many identical requests equally, with one account', async () => {
    const { register, store } = world();
    const answers = await Promise.all(Array.from({ length: 50 }, () => register(request({ key: 'same' }))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(store.outbox.filter(({ routingKey }) => routingKey === 'user.created')).toHaveLength(1);
  });

  it('refuses a key that comes back with another request', async () => {
    const { register } = world();
    await register(request({ key: 'same' }));
    const other = request({ key: 'same', email: parseEmail('bob@example.com') });
    await expect(register(other)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      fields: { field: 'idempotencyKey' },
    });
  });
});

/** A process that dies (throws, and does nothing after) when it comes to the given step. */
const crashes = [
  'before reserve',
  'after reserve',
  'before append',
  'after append',
  'before confirm',
  'after confirm',
] as const;
type Crash = (typeof crashes)[number];

const dying = ({ store, directory }: Parts, crash: Crash): Parts => {
  const dieAt = (step: Crash) => {
    if (step === crash) throw new Error(`killed ${crash}`);
  };
  return {
    store: {
      ...store,
      append: async (append) => {
        dieAt('before append');
        const appended = await store.append(append);
        dieAt('after append');
        return appended;
      },
    },
    directory: {
      ...directory,
      reserve: async (reservation, claim) => {
        dieAt('before reserve');
        const outcome = await directory.reserve(reservation, claim);
        dieAt('after reserve');
        return outcome;
      },
      confirm: async (reservation, at) => {
        dieAt('before confirm');
        await directory.confirm(reservation, at);
        dieAt('after confirm');
      },
    },
  };
};

describe.each(crashes)('when the process dies %s', (crash) => {
  const hasAppended = ['after append', 'before confirm', 'after confirm'].includes(crash);

  it('exactly one account has the address in the end', async () => {
    const there = world();
    await expect(there.registering(dying(there, crash))(request())).rejects.toThrow('killed');
    const contender = there.register(request());
    if (hasAppended) await expect(contender).rejects.toMatchObject({ code: 'EMAIL_TAKEN' });
    else await expect(contender).resolves.toMatchObject({ version: 1 });

    const row = await there.directory.find(emailKeyOf(ada));
    expect(row?.confirmedAt).toEqual(expect.any(String));
    expect(there.store.outbox.filter(({ routingKey }) => routingKey === 'user.created')).toHaveLength(1);
    expect(row && (await readAccount(there.store, row)).state).toMatchObject({
      status: 'active',
      email: ada,
    });
  });

  it('the same request leads to one account when it is repeated', async () => {
    const there = world();
    await expect(there.registering(dying(there, crash))(request({ key: 'same' }))).rejects.toThrow('killed');
    await expect(there.register(request({ key: 'same' }))).resolves.toMatchObject({ version: 1 });
    expect(there.store.outbox.filter(({ routingKey }) => routingKey === 'user.created')).toHaveLength(1);
  });

  it('reconciling leaves nothing pending', async () => {
    const there = world();
    await expect(there.registering(dying(there, crash))(request())).rejects.toThrow('killed');
    there.clock.advance(STALE_MS + 1);
    await there.settling().reconcile();
    const row = await there.directory.find(emailKeyOf(ada));
    if (hasAppended) expect(row?.confirmedAt).toEqual(expect.any(String));
    else expect(row).toBeUndefined();
  });
});

it('lets a slow process never finish what another has fenced off', async () => {
  const there = world();
  let isStalled = true;
  const slow: EventStore = {
    ...there.store,
    append: async (append) => {
      if (isStalled) {
        isStalled = false;
        there.clock.advance(STALE_MS + 1);
        await there.register(request());
      }
      return there.store.append(append);
    },
  };
  await expect(there.registering({ store: slow })(request())).rejects.toMatchObject({ code: 'EMAIL_TAKEN' });
  expect(there.store.outbox.filter(({ routingKey }) => routingKey === 'user.created')).toHaveLength(1);
});
