import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { someViewer, startedGateway } from '../testing/started-gateway.ts';

let started: Awaited<ReturnType<typeof startedGateway>>;
beforeAll(async () => {
  started = await startedGateway('{}');
});
afterEach(() => started.graph.reset());
afterAll(async () => started.stop());

const down = (subgraph: 'users' | 'projects') =>
  started.graph[subgraph].behave((_call, response) => void response.writeHead(503).end());

/** Somebody whom the gateway has not seen before. */
const somebody = async () => ({ authorization: `Bearer ${await started.tokenOf(someViewer())}` });

const query = '{ projects { id owner { name } } }';
const data = {
  projects: [
    { id: 'p0', owner: { name: 'Ada' } },
    { id: 'p1', owner: { name: 'Ada' } },
  ],
};
const owners = [
  ['projects', 0, 'owner'],
  ['projects', 1, 'owner'],
];
const ageMs = expect.any(Number);

describe('a query that was answered before', () => {
  it('says nothing of memory while all subgraphs answer', async () => {
    const { answer } = await started.post({ query }, await somebody());
    expect(answer).toEqual({ data });
  });

  it('is answered while a subgraph is down, and says where that stands and how old it is', async () => {
    const headers = await somebody();
    await started.post({ query }, headers);
    down('users');
    const { answer, headers: told } = await started.post({ query }, headers);
    expect(answer).toEqual({ data, extensions: { degraded: [{ subgraph: 'users', paths: owners, ageMs }] } });
    expect(told.get('cache-control')).toBe('no-store');
  });

  it('is answered while every subgraph is down', async () => {
    const headers = await somebody();
    await started.post({ query }, headers);
    down('users');
    down('projects');
    const { answer } = await started.post({ query }, headers);
    expect(answer).toEqual({
      data,
      extensions: {
        degraded: [
          { subgraph: 'projects', paths: [['projects']], ageMs },
          { subgraph: 'users', paths: owners, ageMs },
        ],
      },
    });
  });

  it('is not answered to anybody else', async () => {
    await started.post({ query }, await somebody());
    down('users');
    const { answer } = await started.post({ query }, await somebody());
    expect(answer).not.toHaveProperty('extensions');
    expect(answer.data).toMatchObject({ projects: [{ owner: { name: null } }, { owner: { name: null } }] });
  });
});

describe('entities of which only some are known', () => {
  it('are told, and the others are null with an error', async () => {
    const headers = await somebody();
    const owner = { __typename: 'User', id: 'u2' };
    started.graph.projects.behave(() => ({ data: { projects: [{ id: 'p1', owner }] } }));
    await started.post({ query }, headers);
    started.graph.reset();
    down('users');
    const { answer } = await started.post({ query }, headers);
    expect(answer).toEqual({
      data: {
        projects: [
          { id: 'p0', owner: { name: null } },
          { id: 'p1', owner: { name: 'Ada' } },
        ],
      },
      errors: [
        {
          message: expect.any(String),
          path: ['projects', 0, 'owner'],
          extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryable: true },
        },
      ],
      extensions: { degraded: [{ subgraph: 'users', paths: [['projects', 1, 'owner']], ageMs }] },
    });
  });
});

describe('an answer in parts', () => {
  it('is labelled in the part that comes from memory', async () => {
    const headers = await somebody();
    const deferred = '{ projects { id owner { ... on User @defer { name } } } }';
    await started.post({ query }, headers);
    down('users');
    const response = await fetch(`${started.base}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'multipart/mixed;deferSpec=20220824, application/json',
        ...headers,
      },
      body: JSON.stringify({ query: deferred }),
    });
    const parts = (await response.text())
      .split('\r\n\r\n')
      .slice(1)
      .map((text) => JSON.parse(text.slice(0, text.indexOf('\r\n---'))) as Record<string, unknown>);
    expect(parts[0]).not.toHaveProperty('extensions');
    expect(parts.slice(1).flatMap(({ incremental }) => incremental)).toEqual(
      owners.map((path) => ({
        path,
        data: { name: 'Ada' },
        extensions: { degraded: [{ subgraph: 'users', paths: [path], ageMs }] },
      })),
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('a request that changes something', () => {
  it('is never answered from memory, nor are the queries behind the change', async () => {
    const headers = await somebody();
    const renaming = { query: 'mutation { rename(name: "Ada") { name } }' };
    await started.post(renaming, headers);
    down('users');
    const { answer } = await started.post(renaming, headers);
    expect(answer.data).toEqual({ rename: null });
    expect(answer).not.toHaveProperty('extensions');
  });
});

describe('settings', () => {
  it('switch memory off for one subgraph, and exclude fields', async () => {
    const other = await startedGateway(
      'fallback: { exclude: [User.name, User.nmae] }\nsubgraphs: { projects: { fallback: { enabled: false } } }',
    );
    try {
      await other.post({ query });
      await other.post({ query: '{ me { id } }' });
      for (const subgraph of [other.graph.users, other.graph.projects])
        subgraph.behave((_call, response) => void response.writeHead(503).end());
      expect((await other.post({ query: '{ projects { id } }' })).answer.data).toEqual({ projects: null });
      expect((await other.post({ query: '{ me { name } }' })).answer.data).toEqual({ me: null });
      expect((await other.post({ query: '{ me { id } }' })).answer).toHaveProperty('extensions.degraded');
      const warning = other.logLines().find((line) => JSON.stringify(line).includes('User.nmae'));
      expect(warning).toMatchObject({ setting: 'fallback.exclude', unknown: ['User.nmae'] });
    } finally {
      await other.stop();
    }
  });
});
