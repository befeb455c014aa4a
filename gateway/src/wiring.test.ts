import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyIdentity } from '@saas/auth';
import { systemClock } from '@saas/kernel';
import { someViewer, startedGateway, usersKey } from './testing/started-gateway.ts';

const viewer = someViewer();
const everyProject = { query: '{ projects(first: 2) { id owner { name } } }' };
const me = { query: '{ me { name } }' };

let started: Awaited<ReturnType<typeof startedGateway>>;
beforeAll(async () => {
  started = await startedGateway();
});
afterEach(() => started.graph.reset());
afterAll(async () => started.stop());

describe('a query over two subgraphs', () => {
  it('is answered as one', async () => {
    const { status, answer } = await started.post(everyProject);
    expect(answer).toEqual({
      data: {
        projects: [
          { id: 'p0', owner: { name: 'Ada' } },
          { id: 'p1', owner: { name: 'Ada' } },
        ],
      },
    });
    expect(status).toBe(200);
  });

  it('tells each subgraph who asks, how long is left and under which id, and nothing of the client', async () => {
    started.graph.reset();
    await started.post(everyProject, {
      'x-request-id': 'request-0001',
      cookie: 'a=b',
      'x-internal-identity': 'forged',
    });
    const { headers } = started.graph.users.calls[0] ?? {};
    expect(headers?.['x-request-id']).toBe('request-0001');
    expect(Number(headers?.['x-deadline-ms'])).toBeGreaterThan(0);
    expect(headers?.cookie).toBeUndefined();
    const identity = String(headers?.['x-internal-identity']);
    expect(verifyIdentity({ key: usersKey, audience: 'users', clock: systemClock }, identity)).toEqual({
      status: 'anonymous',
    });
  });
});

describe('authentication', () => {
  it('hands the verified viewer to the subgraphs', async () => {
    started.graph.reset();
    await started.post(me, { authorization: `Bearer ${await started.tokenOf(viewer)}` });
    const identity = String(started.graph.users.calls[0]?.headers['x-internal-identity']);
    expect(started.graph.users.calls[0]?.headers.authorization).toBeUndefined();
    expect(verifyIdentity({ key: usersKey, audience: 'users', clock: systemClock }, identity)).toEqual(
      viewer,
    );
  });

  it('refuses a bad token instead of taking it for anonymous', async () => {
    started.graph.reset();
    for (const authorization of ['Bearer nonsense', 'Basic abc', '']) {
      const { status, code, headers } = await started.post(me, { authorization });
      expect([status, code]).toEqual([401, 'TOKEN_INVALID']);
      expect(headers.get('www-authenticate')).toContain('Bearer');
    }
    expect(started.graph.users.calls).toEqual([]);
  });

  it('tells an expired token and an ended session apart', async () => {
    expect(
      (await started.post(me, { authorization: `Bearer ${await started.tokenOf(viewer, -60)}` })).code,
    ).toBe('TOKEN_EXPIRED');
    const ended = { ...viewer, sessionId: someViewer().sessionId };
    const authorization = `Bearer ${await started.tokenOf(ended)}`;
    expect((await started.post(me, { authorization })).status).toBe(200);
    await started.revokedSessions.revoke(ended.sessionId, Date.now() + 60_000);
    expect(await started.post(me, { authorization })).toMatchObject({ status: 401, code: 'SESSION_REVOKED' });
  });
});

describe('a subgraph that fails', () => {
  const failures = {
    'with a page of a proxy': { status: 502, body: '<html>http://10.0.0.1 nginx</html>' },
    'with something that is not GraphQL': { status: 200, body: '{"hello":1}' },
    'with half an answer': { status: 200, body: '{"data":{"me"' },
    'with a redirect': { status: 302, body: '' },
    'with too many bytes': { status: 200, body: `{"data":{"me":null},"x":"${'x'.repeat(60_000)}"}` },
    'with too few entities': { status: 200, body: '{"data":{"_entities":[]}}' },
  };
  it.each(Object.entries(failures))(
    '%s leaves the rest, and a retryable error for each place',
    async (_, { status, body }) => {
      started.graph.users.behave(
        (_call, response) => void response.writeHead(status, { location: '/elsewhere' }).end(body),
      );
      const { answer } = await started.post(everyProject);
      expect(answer.data).toEqual({
        projects: [
          { id: 'p0', owner: { name: null } },
          { id: 'p1', owner: { name: null } },
        ],
      });
      expect(answer.errors).toEqual(
        [0, 1].map((index) => ({
          message: 'A part of the system is not available at the moment.',
          path: ['projects', index, 'owner'],
          extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryable: true },
        })),
      );
    },
  );

  it('gives each root field its path', async () => {
    started.graph.users.behave((_call, response) => void response.destroy());
    const { answer } = await started.post({ query: '{ me { name } other: user(id: 1) { id } }' });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['me'], ['other']]);
  });

  it('is given up when it takes too long', async () => {
    const impatient = await started.startAnother({ GATEWAY_UPSTREAM_TIMEOUT_MS: '30' });
    started.graph.users.behave(() => undefined);
    const response = await fetch(`${impatient.url}?query={me{name}}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(await response.json()).toMatchObject({
      errors: [{ path: ['me'], extensions: { code: 'UPSTREAM_TIMEOUT' } }],
    });
    await impatient.stop();
  });

  it('has its own marked errors relayed and all others masked', async () => {
    const errors = [
      {
        message: 'There is no such user.',
        path: ['me', 'name'],
        extensions: {
          code: 'USER_NOT_FOUND',
          retryable: false,
          field: 'id',
          stacktrace: ['at x'],
          http: { status: 418 },
        },
      },
      { message: 'secret', path: ['me'], extensions: { code: 'INTERNAL_SERVER_ERROR', incidentId: 'inc_1' } },
      { message: 'connect ECONNREFUSED 10.0.0.1:5432' },
    ];
    started.graph.users.behave(() => ({ data: { me: null }, errors }));
    const { status, answer } = await started.post(me);
    expect(status).toBe(200);
    const masked = 'Something went wrong on our side.';
    expect(answer.errors).toEqual([
      {
        message: 'There is no such user.',
        path: ['me', 'name'],
        extensions: { code: 'USER_NOT_FOUND', retryable: false, field: 'id' },
      },
      {
        message: masked,
        path: ['me'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, incidentId: 'inc_1' },
      },
      {
        message: masked,
        extensions: {
          code: 'INTERNAL_SERVER_ERROR',
          retryable: false,
          incidentId: expect.stringMatching(/^inc_/),
        },
      },
    ]);
    const incident = started
      .logLines()
      .find(({ incidentId }) => incidentId === answer.errors?.[2]?.extensions['incidentId']);
    expect(JSON.stringify(incident)).toContain('ECONNREFUSED');
  });

  it('cannot slip a value of a wrong type through unseen', async () => {
    started.graph.users.behave(() => ({ data: { me: { __typename: 'User', name: { first: 'Ada' } } } }));
    const { answer } = await started.post(me);
    expect(answer.data).toEqual({ me: { name: null } });
    expect(answer.errors).toMatchObject([
      { path: ['me', 'name'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
  });
});

describe('a client that leaves', () => {
  const leave = async (query: string) => {
    const arrived = new Promise<void>((resolve) => started.graph.users.behave(() => resolve()));
    const before = started.graph.users.closed.length;
    const request = httpRequest(`${started.base}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    request.on('error', () => undefined);
    request.end(JSON.stringify({ query }));
    await arrived;
    request.destroy();
    return started.graph.users.closed[before];
  };

  it('takes its query back from the subgraph', async () => {
    await expect(leave('{ me { name } }')).resolves.toBeUndefined();
  });

  it('does not take back a mutation that was sent', async () => {
    const answers: (() => void)[] = [];
    const arrived = new Promise<void>((resolve) =>
      started.graph.users.behave((_call, response) => {
        answers.push(() => response.end('{"data":{"rename":null}}'));
        resolve();
      }),
    );
    const before = started.logLines().length;
    const request = httpRequest(`${started.base}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    request.on('error', () => undefined);
    request.end('{"query":"mutation { rename(name: \\"Bea\\") { name } }"}');
    await arrived;
    const gone = new Promise((resolve) => request.once('close', resolve));
    request.destroy();
    await gone;
    answers[0]?.();
    // The subgraph's answer is read to its end, with nobody left to read ours.
    await started.graph.users.closed.at(-1);
    expect(
      started
        .logLines()
        .slice(before)
        .filter(({ level }) => level === 'error'),
    ).toEqual([]);
  });
});

describe('consistency', () => {
  it('gives the token of a write to the client, and remembers it for the session', async () => {
    const authorization = `Bearer ${await started.tokenOf({ ...viewer, sessionId: someViewer().sessionId })}`;
    started.graph.users.behave((_call, response) => {
      response.setHeader('consistency-token', 'users.shard-0=0/1A,projects.shard-0=0/FF');
      return { data: { rename: null } };
    });
    const { headers } = await started.post(
      { query: 'mutation { rename(name: "Bea") { name } }' },
      { authorization },
    );
    expect(headers.get('consistency-token')).toBe('users.shard-0=0/1A');

    started.graph.reset();
    await started.post(everyProject, { authorization });
    expect(started.graph.projects.calls[0]?.headers['consistency-token']).toBe('users.shard-0=0/1A');
    await started.post(everyProject, { 'consistency-token': 'users.shard-0=0/2B' });
    expect(started.graph.projects.calls[1]?.headers['consistency-token']).toBe('users.shard-0=0/2B');
  });
});

describe('starting', () => {
  it('names a busy port and the setting that changes it', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    const address = squatter.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const starting = started.startAnother({ GATEWAY_HTTP_PORT: String(port) });
    await expect(starting).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      fields: { port, setting: 'GATEWAY_HTTP_PORT' },
    });
    await expect(starting).rejects.toThrow(`Port ${port} is already in use`);
    squatter.close();
  });

  it('says which address cannot be listened on', async () => {
    const starting = started.startAnother({ GATEWAY_HTTP_HOST: '203.0.113.5' });
    await expect(starting).rejects.toMatchObject({
      code: 'ADDRESS_UNUSABLE',
      fields: { host: '203.0.113.5' },
    });
  });

  it('lists every setting that does not fit the supergraph', async () => {
    const starting = started.startAnother({
      GATEWAY_SUBGRAPH_URLS: 'nope=http://nope/graphql',
      GATEWAY_IDENTITY_KEYS: `users=${usersKey}`,
    });
    await expect(starting).rejects.toThrow(
      /SUBGRAPH_URLS: .*"nope"[^]*IDENTITY_KEYS: has no key .*"projects"/,
    );
  });
});

describe('stopping', () => {
  it('lets a request in hand finish', async () => {
    const brief = await started.startAnother();
    let finish = (): void => undefined;
    const arrived = new Promise<void>((resolve) =>
      started.graph.users.behave((_call, response) => {
        finish = () => void response.end('{"data":{"me":{"name":"Ada"}}}');
        resolve();
      }),
    );
    const answer = fetch(brief.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(me),
    });
    await arrived;
    const stopped = brief.stop();
    finish();
    expect(await (await answer).json()).toEqual({ data: { me: { name: 'Ada' } } });
    await stopped;
    await expect(fetch(brief.url)).rejects.toThrow('fetch failed');
  });
});
