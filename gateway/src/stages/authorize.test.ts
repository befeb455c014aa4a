import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { composeSupergraph } from '../supergraph/compose-supergraph.ts';
import { someViewer, startedGateway, type Answer } from '../testing/started-gateway.ts';

const users = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
    import: ["@key", "@authenticated", "@requiresScopes", "@policy"])
  type Query { me: User }
  type User @key(fields: "id") {
    id: ID! name: String
    email: String @authenticated
    salary: Int @requiresScopes(scopes: [["role:OWNER"]])
    notes: String @policy(policies: [["confidant"]])
    tenant: String! @authenticated
  }`;

const ada = { id: 'u1', name: 'Ada', email: 'ada@example.com', salary: 9, notes: 'n', tenant: 't' };

let started: Awaited<ReturnType<typeof startedGateway>>;
let gateway: Awaited<ReturnType<typeof started.startAnother>>;
let strict: typeof gateway;
let folder: string;
beforeAll(async () => {
  started = await startedGateway();
  folder = await mkdtemp(join(tmpdir(), 'authorize-'));
  const file = join(folder, 'supergraph.graphql');
  const { supergraphSdl } = composeSupergraph([
    { name: 'users', sdl: users, routingUrl: started.graph.users.url, location: 'users' },
    { name: 'projects', sdl: 'type Query { a: Int }', routingUrl: started.graph.projects.url, location: 'p' },
  ]);
  await writeFile(file, supergraphSdl);
  gateway = await started.startAnother({ GATEWAY_SUPERGRAPH_FILE: file });
  strict = await started.startAnother({ GATEWAY_SUPERGRAPH_FILE: file, GATEWAY_AUTHORIZATION: 'reject' });
});
beforeEach(() => {
  started.graph.users.calls.length = 0;
  started.graph.users.behave(({ query }) => {
    const asked = Object.entries(ada).filter(([field]) => query.includes(field));
    return { data: { me: Object.fromEntries(asked) } };
  });
});
afterAll(async () => {
  await gateway.stop();
  await strict.stop();
  await started.stop();
  await rm(folder, { recursive: true });
});

const ask = async (query: string, { url = gateway.url, as }: { url?: string; as?: string } = {}) => {
  const headers = {
    'content-type': 'application/json',
    ...(as !== undefined && { authorization: `Bearer ${as}` }),
  };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return { status: response.status, ...((await response.json()) as Answer) };
};
const unauthorized = (...path: readonly string[]) => ({
  message: expect.any(String),
  path,
  extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', retryable: false },
});

describe('what a supergraph keeps from a client', () => {
  it('is neither asked for nor answered', async () => {
    expect(await ask('{ me { name email salary } }')).toEqual({
      status: 200,
      data: { me: { name: 'Ada', email: null, salary: null } },
      errors: [unauthorized('me', 'email'), unauthorized('me', 'salary')],
    });
    expect(started.graph.users.calls.map(({ query }) => query)).not.toContainEqual(
      expect.stringMatching(/email|salary/),
    );
  });
  it('is answered to those who have shown what it takes, in the same words', async () => {
    const as = await started.tokenOf(someViewer());
    expect(await ask('{ me { name email salary notes } }', { as })).toEqual({
      status: 200,
      data: { me: { name: 'Ada', email: 'ada@example.com', salary: 9, notes: null } },
      errors: [unauthorized('me', 'notes')],
    });
    // Nobody else gets what was planned for them.
    expect((await ask('{ me { name email salary notes } }')).data).toMatchObject({ me: { email: null } });
  });
  it('costs the object around it when it may not be null, and is nobody’s mistake', async () => {
    expect(await ask('{ me { name tenant } }')).toEqual({
      status: 200,
      data: { me: null },
      errors: [unauthorized('me', 'tenant')],
    });
  });
  it('refuses the whole operation where the settings say so', async () => {
    expect(await ask('{ me { name email } }', { url: strict.url })).toMatchObject({
      status: 403,
      errors: [{ extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }],
    });
    expect(started.graph.users.calls).toEqual([]);
    expect((await ask('{ me { name } }', { url: strict.url })).data).toEqual({ me: { name: 'Ada' } });
  });
});
