import { signIdentity, type AuthenticatedViewer, type Viewer } from '@saas/auth';
import { Secret } from '@saas/config';
import { bucketOfId, newId, newTenantId, systemClock, type Clock, type TenantId } from '@saas/kernel';
import { memoryMessageBus, type Message } from '@saas/messaging';
import { startProjects } from '@saas/projects';
import { createLogger } from '@saas/telemetry';
import { openDatabase } from './stack.ts';

const KEY = 'projects identity key';

export type ProjectsUnderTest = Awaited<ReturnType<typeof openProjects>>;

/** The whole projects service on fresh databases, with what a test needs to tell it things, ask it and look behind it. */
export const openProjects = async () => {
  const bus = memoryMessageBus();
  const announced: Message[] = [];
  const statements: string[] = [];
  const provisioned = await openDatabase('projects');
  const { shards } = provisioned;
  await bus.subscribe({
    queue: 'test.projects',
    bindings: [{ topic: 'project_events', pattern: '#' }],
    handle: async (message) => void announced.push(message),
  });
  const running = await startProjects(configOf(shards), {
    bus,
    logger: createLogger({ name: 'projects', level: 'silent' }),
    onStatement: (sql) => statements.push(sql),
  });
  const ask = askAt(running.url);
  const change = changeBy(ask);
  const introduce = async (person: AuthenticatedViewer): Promise<void> => {
    await bus.publish([userMessage(person, 'user.created', 1)]);
  };
  return {
    /** What the service has told others, in the order in which it did. */
    announced: announced as readonly Message[],
    shards,
    /** The databases, for whoever works on them as their owner. */
    provisioned,
    services: running.services,
    ask,
    change,
    newProject: (viewer: AuthenticatedViewer, name = 'Apollo') => change(viewer, 'createProject', { name }),
    newTask: (viewer: AuthenticatedViewer, projectId: string, more: object = {}) =>
      change(viewer, 'createTask', { projectId, title: 'Paint the shed', ...more }),
    /** Lets somebody into a project whom the service has just heard of. */
    join: async (
      owner: AuthenticatedViewer,
      projectId: string,
      who: AuthenticatedViewer,
      role = 'MEMBER',
    ) => {
      await introduce(who);
      return change(owner, 'addProjectMember', { projectId, userId: who.userId, role });
    },
    /** The statements about the read models while `work` ran; nothing else may use the service meanwhile. */
    readsOf: async (work: () => Promise<unknown>): Promise<readonly string[]> => {
      statements.length = 0;
      await work();
      return statements.filter((sql) => /FROM (projects|project_members|tasks|unnest)/.test(sql));
    },
    /** Tells the service of an account, as the users service would. */
    introduce,
    deactivate: async (person: AuthenticatedViewer) => {
      await bus.publish([userMessage(person, 'user.deactivated', 2)]);
    },
    stop: running.stop,
  };
};

const configOf = (shards: Awaited<ReturnType<typeof openDatabase>>['shards']) => ({
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: 0,
  SHARD_URLS: shards.map((shard) => ({ ...shard, replicas: [...shard.replicas] })),
  IDENTITY_KEY: new Secret(KEY),
  CLAIM_SECRET: new Secret('projects claim secret'),
  REPLICA_LAG_MS_MAX: 1_000,
  REQUEST_DEADLINE_MS: 10_000,
  RELAY_IDLE_MS: 50,
  DRAIN_MS: 0,
  LOG_LEVEL: 'silent' as const,
});

/** Somebody of a tenant whose account is `ageMs` old. */
export const personOf = (
  tenantId: TenantId,
  role: AuthenticatedViewer['role'] = 'MEMBER',
  ageMs = 3_600_000,
): AuthenticatedViewer => {
  const clock: Clock = { now: () => new Date(systemClock.now().getTime() - ageMs) };
  return {
    status: 'authenticated',
    tenantId,
    userId: newId('usr', bucketOfId(tenantId), clock),
    role,
    sessionId: newId('ses', bucketOfId(tenantId), clock),
  };
};

/** Fresh people of a fresh tenant. */
export const team = () => {
  const tenantId = newTenantId(systemClock);
  return {
    tenantId,
    ada: personOf(tenantId),
    ben: personOf(tenantId),
    eve: personOf(tenantId),
    boss: personOf(tenantId, 'ADMIN'),
  };
};

const userMessage = (
  { tenantId, userId, role }: AuthenticatedViewer,
  routingKey: string,
  sequence: number,
): Message => ({
  id: newId('evt', bucketOfId(tenantId), systemClock),
  tenantId,
  topic: 'user_events',
  routingKey,
  stream: `account-${userId}`,
  sequence,
  body: { userId, tenantId, role, at: systemClock.now().toISOString() },
  headers: {},
});

/** What the service answered. */
export type Answer = {
  readonly token: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
};

const askAt =
  (url: string) =>
  async (viewer: Viewer, query: string, variables: object = {}, token?: string | null): Promise<Answer> => {
    const channel = { key: KEY, audience: 'projects', clock: systemClock };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-internal-identity': signIdentity(channel, viewer),
        ...(token && { 'consistency-token': token }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as Pick<Answer, 'data' | 'errors'>;
    return { ...answer, token: response.headers.get('consistency-token') };
  };

type Payload = {
  readonly project?: Record<string, unknown>;
  readonly task?: Record<string, unknown>;
  readonly userErrors: readonly { readonly code: string }[];
};

/** Runs a mutation; answers its payload, the id of the changed thing and the token of what was written. */
const changeBy =
  (ask: ReturnType<typeof askAt>) => async (viewer: AuthenticatedViewer, name: string, input: object) => {
    const thing = name.includes('Task') ? 'task' : 'project';
    const { data, errors, token } = await ask(viewer, mutation(name, thing), { input });
    if (!data) throw new Error(JSON.stringify(errors));
    const payload = data[name] as Payload;
    const id = payload[thing]?.['id'];
    return { ...payload, id: typeof id === 'string' ? id : '', token };
  };

/** Runs one after the other what may not overlap. */
export const inTurn = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
};

/** A mutation of the service with everything that its payload has to say. */
const mutation = (name: string, thing: 'project' | 'task'): string => {
  const fields =
    thing === 'project'
      ? 'id name description status archivedAt owner { id } viewerRole version createdAt updatedAt members { nodes { role user { id } } } taskCount openTaskCount'
      : 'id title description status assignee { id } createdBy { id } project { id } dueAt completedAt version createdAt updatedAt';
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) {
    ${thing} { ${fields} } userErrors { code field retryable } } }`;
};
