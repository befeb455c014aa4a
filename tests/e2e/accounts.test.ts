import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { asSuperuser } from '../support/events.ts';
import { textOf } from '../support/graphql-client.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import {
  accepted,
  freshEmail,
  INVITE,
  LOGIN,
  PASSWORD,
  refusals,
  REGISTER,
  type Person,
} from '../support/tenants.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(60_000);

let system: SystemUnderTest;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const ask = (query: string, variables?: object, person?: Person) => system.graphql(query, variables, person);
const ME = '{ me { id name email role status version tenant { name } } }';
const REFRESH = `mutation ($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) {
  accessToken refreshToken userErrors { code } } }`;
const RENAME = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { name version } userErrors { code } } }`;
const CHANGE_EMAIL = `mutation ($input: ChangeEmailInput!) { changeEmail(input: $input) { user { email version } userErrors { code field } } }`;
const CHANGE_PASSWORD = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { version } userErrors { code field } } }`;
const DEACTIVATE = `mutation ($userId: ID!) { deactivateUser(input: { userId: $userId }) { user { id status } userErrors { code } } }`;

const loginRefusals = async (email: string, password = PASSWORD) =>
  refusals(await ask(LOGIN, { email, password }), 'login');
const refreshRefusals = async (refreshToken: string) =>
  refusals(await ask(REFRESH, { refreshToken }), 'refreshSession');
const isRefusedByTheGateway = async (person: Person) => {
  const { status, codes, headers } = await ask(ME, {}, person);
  return { status, codes, challenge: headers.get('www-authenticate') };
};
const revoked = { status: 401, codes: ['SESSION_REVOKED'], challenge: 'Bearer error="invalid_token"' };

describe('an account', () => {
  it('is its owner’s once registered and signed in', async () => {
    const email = freshEmail('Ada');
    const registered = accepted(
      await ask(REGISTER, {
        input: { name: ' Ada Lovelace ', email, password: PASSWORD, tenantName: 'Engines' },
      }),
      'register',
    );
    const ada = await system.signIn(email.toUpperCase());
    const { data } = await ask(ME, {}, ada);
    expect(data['me']).toEqual({
      id: registered['user']?.['id'],
      name: 'Ada Lovelace',
      email,
      role: 'OWNER',
      status: 'ACTIVE',
      version: 1,
      tenant: { name: 'Engines' },
    });
  });

  it('shows its new name at once', async () => {
    const ada = await system.registerTenant();
    const renamed = await ask(RENAME, { input: { name: 'Countess', expectedVersion: 1 } }, ada);
    expect(accepted(renamed, 'updateProfile')['user']).toEqual({ name: 'Countess', version: 2 });
    expect((await ask(ME, {}, ada)).data['me']).toMatchObject({ name: 'Countess', version: 2 });
  });

  it('moves to a new address and leaves the old one to others', async () => {
    const ada = await system.registerTenant();
    const newEmail = freshEmail('countess');
    const wrong = await ask(CHANGE_EMAIL, { input: { newEmail, currentPassword: 'not this one' } }, ada);
    expect(refusals(wrong, 'changeEmail')).toEqual(['CREDENTIALS_INVALID']);
    accepted(await ask(CHANGE_EMAIL, { input: { newEmail, currentPassword: PASSWORD } }, ada), 'changeEmail');

    expect(await loginRefusals(ada.email)).toEqual(['CREDENTIALS_INVALID']);
    expect(await system.signIn(newEmail)).toMatchObject({ id: ada.id });
    const heir = await system.registerTenant({ email: ada.email });
    expect(heir.id).not.toBe(ada.id);
    const taken = { newEmail: newEmail.toUpperCase(), currentPassword: PASSWORD };
    const back = await ask(CHANGE_EMAIL, { input: taken }, heir);
    expect(refusals(back, 'changeEmail')).toEqual(['EMAIL_TAKEN']);
  });

  it('gets a new password, which ends the other sessions', async () => {
    const here = await system.registerTenant();
    const elsewhere = await system.signIn(here.email);
    const change = { currentPassword: PASSWORD, newPassword: 'another good password' };
    accepted(await ask(CHANGE_PASSWORD, { input: change }, here), 'changePassword');

    expect(await isRefusedByTheGateway(elsewhere)).toEqual(revoked);
    expect(await refreshRefusals(elsewhere.refreshToken)).toEqual(['SESSION_REVOKED']);
    expect((await ask(ME, {}, here)).data['me']).toMatchObject({ id: here.id });
    expect(await loginRefusals(here.email)).toEqual(['CREDENTIALS_INVALID']);
    expect(await system.signIn(here.email, change.newPassword)).toMatchObject({ id: here.id });
  });
});

describe('a session', () => {
  it('rotates its refresh token, and ends with everything of it when an old one comes back', async () => {
    const ada = await system.registerTenant();
    const next = accepted(await ask(REFRESH, { refreshToken: ada.refreshToken }), 'refreshSession');
    const second = accepted(await ask(REFRESH, { refreshToken: next['refreshToken'] }), 'refreshSession');
    const latest = { ...ada, token: textOf(second['accessToken']) };
    expect((await ask(ME, {}, latest)).data['me']).toMatchObject({ id: ada.id });

    expect(await refreshRefusals(ada.refreshToken)).toEqual(['SESSION_REVOKED']);
    expect(await refreshRefusals(textOf(second['refreshToken']))).toEqual(['SESSION_REVOKED']);
    expect(await isRefusedByTheGateway(latest)).toEqual(revoked);
  });

  it('gives its successor to one of many who trade the same token at once', async () => {
    const ada = await system.registerTenant();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refreshRefusals(ada.refreshToken)));
    expect(answers.filter((codes) => codes.length === 0).length).toBeLessThanOrEqual(1);
    expect(await refreshRefusals(ada.refreshToken)).toEqual(['SESSION_REVOKED']);
  });

  it('is refused by the gateway once signed out, and no other is', async () => {
    const here = await system.registerTenant();
    const elsewhere = await system.signIn(here.email);
    const out = await ask('mutation { logout { sessionId userErrors { code } } }', {}, here);
    expect(accepted(out, 'logout')['sessionId']).toBe(here.sessionId);
    expect(await isRefusedByTheGateway(here)).toEqual(revoked);
    expect(await refreshRefusals(here.refreshToken)).toEqual(['SESSION_REVOKED']);
    const { data } = await ask('{ mySessions { id isCurrent } }', {}, elsewhere);
    expect(data['mySessions']).toEqual([{ id: elsewhere.sessionId, isCurrent: true }]);
  });

  it('ends everywhere at once when its owner says so', async () => {
    const here = await system.registerTenant();
    const elsewhere = await system.signIn(here.email);
    accepted(
      await ask('mutation { logoutEverywhere { user { id } userErrors { code } } }', {}, here),
      'logoutEverywhere',
    );
    for (const session of [here, elsewhere]) {
      expect(await isRefusedByTheGateway(session)).toEqual(revoked);
      expect(await refreshRefusals(session.refreshToken)).toEqual(['SESSION_REVOKED']);
    }
    expect(await system.signIn(here.email)).toMatchObject({ id: here.id });
  });
});

describe('an invitation', () => {
  const invite = async (by: Person, email: string, role = 'MEMBER') =>
    textOf(accepted(await ask(INVITE, { email, role }, by), 'inviteUser')['token']);
  const joining = (email: string, invitationToken: string) =>
    ask(REGISTER, { input: { name: 'Guest', email, password: PASSWORD, invitationToken } });

  it('lets one person in, once, by the address it was made for', async () => {
    const owner = await system.registerTenant();
    const email = freshEmail('guest');
    const token = await invite(owner, email, 'ADMIN');
    expect(refusals(await joining(freshEmail('other'), token), 'register')).toEqual(['INVITATION_INVALID']);
    accepted(await joining(email.toUpperCase(), token), 'register');
    expect(refusals(await joining(email, token), 'register')).toEqual([
      expect.stringMatching(/^(INVITATION_INVALID|EMAIL_TAKEN)$/),
    ]);
    const guest = await system.signIn(email);
    expect(guest.tenantId).toBe(owner.tenantId);
    expect((await ask(ME, {}, guest)).data['me']).toMatchObject({ role: 'ADMIN' });
  });

  it('lets one of many in who use it at once', async () => {
    const email = freshEmail('guest');
    const token = await invite(await system.registerTenant(), email);
    const answers = await Promise.all(Array.from({ length: 8 }, () => joining(email, token)));
    expect(answers.filter((answer) => refusals(answer, 'register').length === 0)).toHaveLength(1);
  });

  it('is worth nothing once its week is over', async () => {
    const email = freshEmail('late');
    const token = await invite(await system.registerTenant(), email);
    await asSuperuser(
      [system.databases.users],
      `UPDATE events SET data = jsonb_set(data, '{expiresAt}', '"2026-01-01T00:00:00.000Z"')
       WHERE type = 'InvitationWasIssued' AND stream_id = 'invitation-' || $1`,
      [Buffer.from(token, 'base64url').toString().split('.')[1]],
    );
    expect(refusals(await joining(email, token), 'register')).toEqual(['INVITATION_EXPIRED']);
    expect(await loginRefusals(email)).toEqual(['CREDENTIALS_INVALID']);
  });

  it('is for those to make who may', async () => {
    const owner = await system.registerTenant();
    const [admin, member] = [await system.join(owner, 'ADMIN'), await system.join(owner)];
    const by = async (person: Person, role: string) =>
      refusals(await ask(INVITE, { email: freshEmail('x'), role }, person), 'inviteUser');
    expect(await by(member, 'MEMBER')).toEqual(['FORBIDDEN']);
    expect(await by(admin, 'OWNER')).toEqual(['FORBIDDEN']);
    expect(await by(admin, 'ADMIN')).toEqual([]);
    expect(await by(owner, 'OWNER')).toEqual([]);
  });
});

describe('deactivating', () => {
  const deactivate = async (by: Person, { id: userId }: Person) =>
    refusals(await ask(DEACTIVATE, { userId }, by), 'deactivateUser');

  it('shuts a person out for good, who stays visible to the others', async () => {
    const owner = await system.registerTenant();
    const [ben, eve] = [await system.join(owner), await system.join(owner, 'MEMBER', 'Eve')];
    expect(await deactivate(eve, ben)).toEqual(['FORBIDDEN']);
    expect(await deactivate(owner, ben)).toEqual([]);
    expect(await isRefusedByTheGateway(ben)).toEqual(revoked);
    expect(await refreshRefusals(ben.refreshToken)).toEqual(['SESSION_REVOKED']);
    expect(await loginRefusals(ben.email)).toEqual(['CREDENTIALS_INVALID']);
    const { data } = await ask('query ($id: ID!) { user(id: $id) { name status } }', { id: ben.id }, eve);
    expect(data['user']).toEqual({ name: 'Ben', status: 'DEACTIVATED' });
  });

  it('never takes a tenant its last owner, even when two leave at once', async () => {
    const owner = await system.registerTenant();
    expect(await deactivate(owner, owner)).toEqual(['LAST_OWNER']);
    const second = await system.join(owner, 'OWNER');
    const both = await Promise.all([deactivate(owner, owner), deactivate(second, second)]);
    expect(both.filter((codes) => codes.length === 0)).toHaveLength(1);
    expect(both.flat()).toEqual([expect.stringMatching(/^(LAST_OWNER|VERSION_CONFLICT)$/)]);
  });
});
