import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  generateSigningKey,
  IDENTITY_HEADER,
  signAccessToken,
  signIdentity,
  type AuthenticatedViewer,
} from '@saas/auth';
import { systemClock, type Clock } from '@saas/kernel';
import { unwrittenIn } from '../support/events.ts';
import { answerOf, postJson } from '../support/graphql-client.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import { freshEmail, INVITE, type Person } from '../support/tenants.ts';
import { INBOX, mutation } from '../support/work.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(60_000);

const { privateKeyPem, key } = generateSigningKey();
let system: SystemUnderTest;
let ada: Person;
beforeAll(async () => {
  system = await startSystem({ USERS_TOKEN_PRIVATE_KEY: privateKeyPem });
  ada = await system.registerTenant();
  await system.drained();
});
afterAll(() => system.stop());

const unwritten = unwrittenIn(() => Object.values(system.databases));

describe('a request', () => {
  const post = async (body: string, headers: Record<string, string> = {}) =>
    answerOf(await postJson(system.url, body, { token: ada.token, headers }));
  const me = JSON.stringify({ query: '{ me { id } }' });
  const createTask = (dueAt: string) =>
    `mutation { createTask(input: { projectId: "x", title: "x", dueAt: ${dueAt} }) { task { id } } }`;

  it.each<[string, () => Promise<Awaited<ReturnType<typeof post>>>, number, string]>([
    ['that is no JSON', () => post('{"query": '), 400, 'BAD_REQUEST'],
    [
      'that is not UTF-8',
      () => post(me, { 'content-type': 'application/json; charset=utf-16' }),
      415,
      'CONTENT_TYPE_UNSUPPORTED',
    ],
    [
      'that is a form',
      () => post('query={me{id}}', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'CONTENT_TYPE_UNSUPPORTED',
    ],
    [
      'that is huge',
      () => post(JSON.stringify({ query: '{ me { id } }', variables: { x: 'x'.repeat(2_000_000) } })),
      413,
      'BODY_TOO_LARGE',
    ],
    ['without a query', () => post('{}'), 400, 'BAD_REQUEST'],
    ['that is a list', () => post('[]'), 400, 'BATCH_NOT_SUPPORTED'],
    ['that does not parse', () => post(JSON.stringify({ query: '{ me {' })), 400, 'GRAPHQL_PARSE_FAILED'],
    [
      'for an unknown field',
      () => post(JSON.stringify({ query: '{ me { passwordHash } }' })),
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'for the subgraphs’ own fields',
      () => post(JSON.stringify({ query: '{ _service { sdl } }' })),
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'for entities by hand',
      () =>
        post(
          JSON.stringify({
            query: `{ _entities(representations: [{__typename: "User", id: "${ada.id}"}]) { __typename } }`,
          }),
        ),
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'that nests lists',
      () =>
        post(
          JSON.stringify({
            query: `{ me ${'{ projects { nodes { owner '.repeat(5)}{ id }${' } } }'.repeat(5)} }`,
          }),
        ),
      400,
      'OPERATION_COST_EXCEEDED',
    ],
    [
      'for an operation that is not in its document',
      () => post(JSON.stringify({ query: 'query A { me { id } }', operationName: 'B' })),
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'with two operations without a name',
      () => post(JSON.stringify({ query: '{ me { id } } { me { name } }' })),
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'for a subscription',
      () => post(JSON.stringify({ query: 'subscription { x }' })),
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['without a content type', () => post(me, { 'content-type': '' }), 415, 'CONTENT_TYPE_UNSUPPORTED'],
    [
      'with a moment that is none',
      () => post(JSON.stringify({ query: createTask('"tomorrow"') })),
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'with a moment that is none, in a variable',
      () =>
        post(
          JSON.stringify({
            query: createTask('$at').replace('mutation', 'mutation ($at: DateTime)'),
            variables: { at: '10000-01-01T00:00:00Z' },
          }),
        ),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'with a variable of the wrong type',
      () => post(JSON.stringify({ query: INBOX, variables: { first: 'ten' } })),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'with an unknown value of an enum',
      () => post(JSON.stringify({ query: INVITE, variables: { email: freshEmail(), role: 'EMPEROR' } })),
      400,
      'BAD_USER_INPUT',
    ],
  ])('%s is refused', async (_, send, status, code) => {
    const answer = await unwritten(send);
    expect({ status: answer.status, codes: new Set(answer.codes) }).toEqual({
      status,
      codes: new Set([code]),
    });
    expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:|at \w+ \(/);
  });

  const viewer = () =>
    ({
      status: 'authenticated',
      userId: ada.id,
      tenantId: ada.tenantId,
      role: 'OWNER',
      sessionId: ada.sessionId,
    }) as AuthenticatedViewer;
  const signed = async (over: object = {}) =>
    (
      await signAccessToken(
        {
          key,
          issuer: 'supergraph',
          audience: 'supergraph',
          lifetimeSeconds: 900,
          clock: systemClock,
          ...over,
        },
        viewer(),
      )
    ).token;
  const anHourAgo: Clock = { now: () => new Date(Date.now() - 3_600_000) };
  const tampered = () => {
    const [header, claims = '', signature] = ada.token.split('.');
    const changed = Buffer.from(claims, 'base64url').toString().replace('"OWNER"', '"ADMIN"');
    return [header, Buffer.from(changed).toString('base64url'), signature].join('.');
  };
  const unsigned = () => {
    const header = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    return `${header}.${ada.token.split('.')[1]}.`;
  };

  it('with a token made by the users service is accepted, which shows that the refused ones are refused for their flaw', async () => {
    const { data } = await system.graphql('{ me { id } }', {}, { token: await signed() });
    expect(data['me']).toEqual({ id: ada.id });
  });

  it.each<[string, () => string | Promise<string>, string]>([
    ['that has expired', () => signed({ clock: anHourAgo }), 'TOKEN_EXPIRED'],
    ['of another issuer', () => signed({ issuer: 'somebody' }), 'TOKEN_INVALID'],
    ['for another audience', () => signed({ audience: 'somebody' }), 'TOKEN_INVALID'],
    ['signed with another key', () => signed({ key: generateSigningKey().key }), 'TOKEN_INVALID'],
    ['that was tampered with', tampered, 'TOKEN_INVALID'],
    ['that is not signed', unsigned, 'TOKEN_INVALID'],
    ['that is a refresh token', () => ada.refreshToken, 'TOKEN_INVALID'],
    ['that is nonsense', () => 'nonsense', 'TOKEN_INVALID'],
    ['that is huge', () => 'x'.repeat(8_000), 'TOKEN_INVALID'],
  ])('with a token %s is refused', async (_, token, code) => {
    const of = { token: await token() };
    const answer = await unwritten(() =>
      system.graphql(mutation('createProject'), { input: { name: 'x' } }, of),
    );
    expect({ status: answer.status, codes: answer.codes }).toEqual({ status: 401, codes: [code] });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('past the gateway is refused by every subgraph, and so is an identity that a client brings along', async () => {
    const forged = signIdentity(
      { key: 'a key of my own making', audience: 'projects', clock: systemClock },
      viewer(),
    );
    for (const { url } of [system.users, system.projects, system.notifications]) {
      for (const headers of [
        {},
        { [IDENTITY_HEADER]: forged },
        { [IDENTITY_HEADER]: 'x' },
        { authorization: `Bearer ${ada.token}` },
      ]) {
        const { status, codes } = await unwritten(async () => answerOf(await postJson(url, me, { headers })));
        expect({ url, status, codes }).toEqual({ url, status: 401, codes: ['CALLER_UNKNOWN'] });
      }
    }
    const { data } = await system.graphql('{ me { id } }', {}, { headers: { [IDENTITY_HEADER]: forged } });
    expect(data['me']).toBeNull();
  });
});
