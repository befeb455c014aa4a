import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryRevokedSessions } from '@saas/auth';
import type { ProvisionedService } from '@saas/local-stack';
import { waitUntil } from '@saas/local-stack';
import { bucketOfId, newId, systemClock, type SessionId } from '@saas/kernel';
import { createLogger } from '@saas/telemetry';
import {
  openErasure,
  parseEmail,
  parsePassword,
  parsePersonName,
  type PersonErasure,
  type RunningUsers,
} from '@saas/users';
import { asSuperuser } from '../support/events.ts';
import { tablesSaying } from '../support/rows-saying.ts';
import { openDatabase } from '../support/stack.ts';
import { founder, startUsersFor, usersConfigFor } from '../support/users-service.ts';

let service: ProvisionedService;
let users: RunningUsers;
let erasure: PersonErasure & { readonly stop: () => Promise<void> };
const revokedSessions = memoryRevokedSessions();

beforeAll(async () => {
  service = await openDatabase('users');
  users = await startUsersFor(service.shards, { revokedSessions }, { USERS_RELAY_IDLE_MS: '20' });
  erasure = await openErasure(usersConfigFor(service.shards), {
    logger: createLogger({ name: 'erasure', level: 'silent' }),
  });
});
afterAll(async () => {
  await erasure.stop();
  await users.stop();
});

let made = 0;
/** Somebody with a name and an address that nobody else has. */
const newcomer = async () => {
  const mark = `x${process.pid}y${(made += 1)}z`;
  const email = `${mark}@example.com`;
  const { account } = await users.services.register({
    ...founder(email),
    name: parsePersonName(`Ada ${mark}`),
  });
  const { userId, tenantId, role } = account;
  const sessionId = newId('ses', bucketOfId(tenantId), systemClock);
  const viewer = { status: 'authenticated', userId, tenantId, role, sessionId } as const;
  return { ...account, mark, email, viewer };
};
const login = (email: string) =>
  users.services.sessions.login(parseEmail(email), parsePassword('correct horse'), 'request');
const sessionOf = (accessToken: string): SessionId =>
  (JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: SessionId })
    .sid;

describe('events at rest', () => {
  it('hold neither name nor address nor password hash', async () => {
    const { mark } = await newcomer();
    const rows = await asSuperuser<{ data: string }>(
      [service],
      `SELECT data::text FROM events WHERE type = 'UserWasCreated'`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(mark);
    expect(JSON.stringify(rows)).not.toContain('correct horse');
    expect(await tablesSaying([service], mark)).toEqual(['users.accounts', 'users.email_reservations']);
  });
});

describe('an erased person', () => {
  it('is found in no table of any shard, by name or by address', async () => {
    const person = await newcomer();
    const asked = { viewer: person.viewer, requestId: 'r' };
    await users.services.accounts.updateProfile(asked, parsePersonName(`Countess ${person.mark}`));
    await users.services.invitations.issue(asked, {
      email: parseEmail(`b${person.mark}@x.org`),
      role: 'MEMBER',
    });
    const { outcome } = (await erasure.erase(person.userId, 'root')).erasure;
    expect(outcome).toMatchObject({ keys: 1, addresses: 1 });
    expect(await tablesSaying([service], person.email)).toEqual([]);
    expect(await tablesSaying([service], person.mark)).toEqual([]);
  });

  it('is shown to others by stand-ins, and cannot sign in', async () => {
    const person = await newcomer();
    await erasure.erase(person.userId, 'root');
    const [row] = await asSuperuser<object>([service], 'SELECT * FROM accounts WHERE user_id = $1', [
      person.userId,
    ]);
    expect(row).toMatchObject({
      name: 'Erased user',
      email: 'erased@erased.invalid',
      status: 'DEACTIVATED',
    });
    await expect(login(person.email)).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });

  it('is signed out by the running service, without its being told by anything but the announcement', async () => {
    const person = await newcomer();
    const { accessToken } = await login(person.email);
    const sessionId = sessionOf(accessToken);
    expect(await revokedSessions.isRevoked(sessionId)).toBe(false);
    await erasure.erase(person.userId, 'root');
    await waitUntil('the session to be denied', () => Promise.resolve(revokedSessions.isRevoked(sessionId)));
    const [row] = await asSuperuser<{ revoked_at: Date | null }>(
      [service],
      'SELECT revoked_at FROM user_sessions WHERE session_id = $1',
      [sessionId],
    );
    expect(row?.revoked_at).not.toBeNull();
  });

  it('leaves a stream that the running service can read, at once without the name', async () => {
    const person = await newcomer();
    const stream = `account-${person.userId}` as const;
    const read = async () => JSON.stringify(await users.services.store.read(person.tenantId, [stream]));
    expect(await read()).toContain(person.mark);
    await erasure.erase(person.userId, 'root');
    await waitUntil('the key to be forgotten', async () => !(await read()).includes(person.mark));
    expect(await read()).toContain('Erased user');
  });

  it('frees the address, and who takes it is another person', async () => {
    const person = await newcomer();
    await erasure.erase(person.userId, 'root');
    const { account } = await users.services.register(founder(person.email));
    expect(account.userId).not.toBe(person.userId);
    expect(await erasure.plan(account.userId)).toMatchObject({ status: 'to do' });
  });

  it('is on record: who asked for it, when, and how much there was', async () => {
    const person = await newcomer();
    await erasure.erase(person.userId, 'grace');
    const again = await erasure.erase(person.userId, 'root');
    expect(again.isDoneBefore).toBe(true);
    const record = (await erasure.list(100)).filter(({ userId }) => userId === person.userId);
    expect(record).toMatchObject([{ requestedBy: 'grace', pseudonyms: [], outcome: { keys: 1 } }]);
    expect(record[0]?.finishedAt).not.toBeNull();
  });
});

it('does not start with another key than the one that names were sealed with', async () => {
  await newcomer();
  await expect(
    startUsersFor(service.shards, {}, { USERS_PERSONAL_DATA_KEY: 'some other personal data key' }),
  ).rejects.toMatchObject({ code: 'SUBJECT_KEY_UNREADABLE' });
});
