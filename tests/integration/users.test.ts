import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  IDENTITY_HEADER,
  localKeys,
  signIdentity,
  verifyAccessToken,
  type AuthenticatedViewer,
  type Viewer,
} from '@saas/auth';
import { memoryMessageBus, type Message } from '@saas/messaging';
import { systemClock } from '@saas/kernel';
import type { RunningUsers } from '@saas/users';
import { openDatabase } from '../support/stack.ts';
import { startUsersFor, USERS_IDENTITY_KEY } from '../support/users-service.ts';

type Answer = {
  readonly data: Record<string, Record<string, unknown> | null> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  readonly token: string | null;
};

const announced: Message[] = [];
const bus = memoryMessageBus();
let users: RunningUsers;
let keys: ReturnType<typeof localKeys>;

beforeAll(async () => {
  const { shards } = await openDatabase('users');
  await bus.subscribe({
    queue: 'test.users',
    bindings: [{ topic: 'user_events', pattern: '#' }],
    handle: async (message) => void announced.push(message),
  });
  users = await startUsersFor(shards, { bus }, { USERS_RELAY_IDLE_MS: '20' });
  const published = await fetch(new URL('/.well-known/jwks.json', users.url));
  keys = localKeys((await published.json()) as Parameters<typeof localKeys>[0]);
});
afterAll(() => users.stop());

const ask = async (
  query: string,
  variables: object = {},
  viewer: Viewer = { status: 'anonymous' },
  token?: string | null,
): Promise<Answer> => {
  const identity = signIdentity({ key: USERS_IDENTITY_KEY, audience: 'users', clock: systemClock }, viewer);
  const response = await fetch(users.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [IDENTITY_HEADER]: identity,
      ...(token ? { 'consistency-token': token } : {}),
    },
    body: JSON.stringify({ query, variables }),
  });
  return { ...((await response.json()) as Answer), token: response.headers.get('consistency-token') };
};

const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) {
  user { id name email role status version createdAt updatedAt tenant { id } } tenant { id name createdAt }
  userErrors { code field retryable } } }`;
const LOGIN = `mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) {
  accessToken accessTokenExpiresAt refreshToken user { id tenant { name } } userErrors { code field } } }`;
const REFRESH = `mutation ($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) {
  accessToken refreshToken userErrors { code } } }`;
const ENTITIES = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { name } ... on Tenant { name } } }`;

let fresh = 0;
const anInput = (over: object = {}) => ({
  name: ' Ada Lovelace ',
  email: `Ada-${(fresh += 1)}@Example.com`,
  password: 'correct horse',
  tenantName: 'Analytical Engines',
  ...over,
});

type Person = AuthenticatedViewer & {
  readonly token: string | null;
  readonly refreshToken: string;
  readonly email: string;
};

const signIn = async (email: string, password = 'correct horse'): Promise<Person> => {
  const { data, token } = await ask(LOGIN, { email, password });
  const rules = { keys, issuer: 'supergraph', audience: 'supergraph', clock: systemClock };
  const { viewer } = await verifyAccessToken(rules, String(data?.['login']?.['accessToken']));
  return { ...viewer, token, email, refreshToken: String(data?.['login']?.['refreshToken']) };
};
const newPerson = async (over: object = {}): Promise<Person> => {
  const input = anInput(over);
  const { data } = await ask(REGISTER, { input });
  expect(data?.['register']?.['userErrors']).toEqual([]);
  return signIn(input.email);
};
const askAs = (person: Person, query: string, variables: object = {}) =>
  ask(query, variables, person, person.token);

describe('registering', () => {
  it('answers with the user and the tenant as they are now', async () => {
    const input = anInput();
    const { data } = await ask(REGISTER, { input });
    expect(data?.['register']).toMatchObject({
      user: { name: 'Ada Lovelace', email: input.email, role: 'OWNER', status: 'ACTIVE', version: 1 },
      tenant: { name: 'Analytical Engines' },
      userErrors: [],
    });
  });

  it.each([
    [{ name: ' ' }, 'NAME_INVALID', ['name']],
    [{ name: 'x'.repeat(256) }, 'NAME_INVALID', ['name']],
    [{ email: 'nowhere' }, 'EMAIL_INVALID', ['email']],
    [{ password: 'short' }, 'PASSWORD_TOO_SHORT', ['password']],
    [{ tenantName: '' }, 'TENANT_NAME_INVALID', ['tenantName']],
    [{ invitationToken: 'x' }, 'REGISTRATION_PLACE_INVALID', null],
    [{ tenantName: null, invitationToken: 'x' }, 'INVITATION_INVALID', ['invitationToken']],
    [{ idempotencyKey: '' }, 'IDEMPOTENCY_KEY_INVALID', ['idempotencyKey']],
  ])('refuses %j', async (over, code, field) => {
    const { data } = await ask(REGISTER, { input: anInput(over) });
    expect(data?.['register']).toEqual({
      user: null,
      tenant: null,
      userErrors: [{ code, field, retryable: false }],
    });
  });
});

describe('sessions', () => {
  it('begin with an access token that others can verify, and are listed', async () => {
    const person = await newPerson();
    const { data } = await askAs(
      person,
      '{ me { id email tenant { id name } } mySessions { id isCurrent } }',
    );
    expect(data).toEqual({
      me: {
        id: person.userId,
        email: person.email,
        tenant: { id: person.tenantId, name: 'Analytical Engines' },
      },
      mySessions: [{ id: person.sessionId, isCurrent: true }],
    });
  });

  it('are refused in one way for every bad credential', async () => {
    const { email } = await newPerson();
    for (const bad of [
      { email, password: 'wrong password' },
      { email: 'nobody@example.com', password: 'x' },
      { email: '?', password: '' },
    ]) {
      const { data } = await ask(LOGIN, bad);
      expect(data?.['login']).toMatchObject({
        accessToken: null,
        userErrors: [{ code: 'CREDENTIALS_INVALID', field: null }],
      });
    }
  });

  it('rotate their token, and end when one comes back', async () => {
    const { refreshToken } = await newPerson();
    const first = await ask(REFRESH, { refreshToken });
    expect(first.data?.['refreshSession']).toMatchObject({ accessToken: expect.any(String), userErrors: [] });
    const again = await ask(REFRESH, { refreshToken });
    expect(again.data?.['refreshSession']).toMatchObject({ userErrors: [{ code: 'SESSION_REVOKED' }] });
    const next = await ask(REFRESH, { refreshToken: first.data?.['refreshSession']?.['refreshToken'] });
    expect(next.data?.['refreshSession']).toMatchObject({ userErrors: [{ code: 'SESSION_REVOKED' }] });
  });

  it('end with a new password, but for the one that set it', async () => {
    const one = await newPerson();
    const two = await signIn(one.email);
    const change = `mutation { changePassword(input: { currentPassword: "correct horse", newPassword: "battery staple" }) {
      user { version } userErrors { code } } }`;
    const { data, token } = await askAs(two, change);
    expect(data?.['changePassword']).toEqual({ user: { version: 2 }, userErrors: [] });
    const { data: listed } = await askAs({ ...two, token }, '{ mySessions { id } }');
    expect(listed?.['mySessions']).toEqual([{ id: two.sessionId }]);
    const { data: refused } = await ask(REFRESH, { refreshToken: one.refreshToken });
    expect(refused?.['refreshSession']).toMatchObject({ userErrors: [{ code: 'SESSION_REVOKED' }] });
  });
});

describe('people of a tenant', () => {
  const INVITE = `mutation ($email: String!, $role: TenantRole!, $key: String) {
    inviteUser(input: { email: $email, role: $role, idempotencyKey: $key }) {
      invitation { id email role version } token userErrors { code } } }`;

  it('come by invitation and are listed page by page, by id', async () => {
    const owner = await newPerson();
    const email = `guest-${(fresh += 1)}@example.com`;
    const first = await askAs(owner, INVITE, { email, role: 'MEMBER', key: 'invite' });
    const second = await askAs(owner, INVITE, { email, role: 'MEMBER', key: 'invite' });
    expect(second.data).toEqual(first.data);
    const guest = await newPerson({
      email,
      tenantName: null,
      invitationToken: first.data?.['inviteUser']?.['token'],
    });
    expect(guest).toMatchObject({ tenantId: owner.tenantId, role: 'MEMBER' });

    const PAGE =
      'query ($after: String) { users(first: 1, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';
    const one = await askAs(guest, PAGE);
    expect(one.data?.['users']).toMatchObject({
      nodes: [{ id: owner.userId }],
      pageInfo: { hasNextPage: true },
    });
    const { endCursor: after } = Object(one.data?.['users']?.['pageInfo']) as { endCursor: string };
    const two = await askAs(guest, PAGE, { after });
    expect(two.data?.['users']).toMatchObject({
      nodes: [{ id: guest.userId }],
      pageInfo: { hasNextPage: false },
    });
  });

  it('are absent for every other tenant', async () => {
    const [ada, eve] = [await newPerson(), await newPerson()];
    const { data } = await askAs(eve, 'query ($id: ID!) { user(id: $id) { name } }', { id: ada.userId });
    expect(data).toEqual({ user: null });
    const of = [
      { __typename: 'User', id: ada.userId },
      { __typename: 'User', id: eve.userId },
      { __typename: 'User', id: 'nonsense' },
      { __typename: 'Tenant', id: ada.tenantId },
    ];
    const entities = await askAs(eve, ENTITIES, { of });
    expect(entities.data?.['_entities']).toEqual([null, { name: 'Ada Lovelace' }, null, null]);
    const gone = `mutation ($id: ID!) { deactivateUser(input: { userId: $id }) { user { id } userErrors { code } } }`;
    expect((await askAs(eve, gone, { id: ada.userId })).data?.['deactivateUser']).toEqual({
      user: null,
      userErrors: [{ code: 'USER_NOT_FOUND' }],
    });
  });

  it('cannot sign in once deactivated', async () => {
    const owner = await newPerson();
    const email = `guest-${(fresh += 1)}@example.com`;
    const { data } = await askAs(owner, INVITE, { email, role: 'OWNER' });
    const guest = await newPerson({
      email,
      tenantName: null,
      invitationToken: data?.['inviteUser']?.['token'],
    });
    const gone = `mutation ($id: ID!) { deactivateUser(input: { userId: $id }) { user { status } userErrors { code } } }`;
    expect((await askAs(owner, gone, { id: guest.userId })).data?.['deactivateUser']).toEqual({
      user: { status: 'DEACTIVATED' },
      userErrors: [],
    });
    const last = await askAs(owner, gone, { id: owner.userId });
    expect(last.data?.['deactivateUser']).toMatchObject({ userErrors: [{ code: 'LAST_OWNER' }] });
    const again = await ask(LOGIN, { email, password: 'correct horse' });
    expect(again.data?.['login']).toMatchObject({ userErrors: [{ code: 'CREDENTIALS_INVALID' }] });
    const refused = await ask(REFRESH, { refreshToken: guest.refreshToken });
    expect(refused.data?.['refreshSession']).toMatchObject({ userErrors: [{ code: 'SESSION_REVOKED' }] });
  });
});

describe('changes', () => {
  const RENAME = `mutation ($name: String!, $version: Int, $key: String) {
    updateProfile(input: { name: $name, expectedVersion: $version, idempotencyKey: $key }) {
      user { name version } userErrors { code retryable } } }`;

  it('are refused at a stale version', async () => {
    const person = await newPerson();
    const renamed = await askAs(person, RENAME, { name: 'Countess', version: 1 });
    expect(renamed.data?.['updateProfile']).toEqual({
      user: { name: 'Countess', version: 2 },
      userErrors: [],
    });
    const stale = await askAs(person, RENAME, { name: 'Ada', version: 1 });
    expect(stale.data?.['updateProfile']).toMatchObject({
      userErrors: [{ code: 'VERSION_STALE', retryable: false }],
    });
  });

  it('are seen by the next read that carries their token', async () => {
    const person = await newPerson();
    const { token } = await askAs(person, RENAME, { name: 'Countess' });
    const { data } = await askAs({ ...person, token }, '{ me { name version } }');
    expect(data).toEqual({ me: { name: 'Countess', version: 2 } });
  });

  it('of the address free the old one for somebody else', async () => {
    const person = await newPerson();
    const change = `mutation ($to: String!) { changeEmail(input: { newEmail: $to, currentPassword: "correct horse" }) {
      user { email version } userErrors { code field } } }`;
    const to = `New-${(fresh += 1)}@example.com`;
    const { data } = await askAs(person, change, { to });
    expect(data?.['changeEmail']).toEqual({ user: { email: to, version: 2 }, userErrors: [] });
    await expect(newPerson({ email: person.email })).resolves.toMatchObject({ role: 'OWNER' });
    await expect(signIn(to)).resolves.toMatchObject({ userId: person.userId });
    const back = await askAs(person, change, { to: person.email.toUpperCase() });
    expect(back.data?.['changeEmail']).toMatchObject({
      userErrors: [{ code: 'EMAIL_TAKEN', field: ['newEmail'] }],
    });
  });

  it('need a signed-in viewer', async () => {
    const { data } = await ask(RENAME, { name: 'Eve' });
    expect(data?.['updateProfile']).toMatchObject({ userErrors: [{ code: 'UNAUTHENTICATED' }] });
    const { errors } = await ask('{ users { nodes { id } } }');
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await ask('{ me { id } tenant { id } }')).data).toEqual({ me: null, tenant: null });
  });
});

it('announces ids and times, and nothing personal', async () => {
  const person = await newPerson();
  const mine = () => announced.filter(({ tenantId }) => tenantId === person.tenantId);
  while (mine().length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(mine().map(({ routingKey }) => routingKey)).toEqual(
    expect.arrayContaining(['tenant.created', 'user.created']),
  );
  expect(JSON.stringify(announced)).not.toMatch(/@example|Lovelace|argon2|refresh/i);
});
