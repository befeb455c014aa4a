import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { operationsOf, type Operation } from '../support/operations.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import { writtenRows } from '../support/events.ts';
import { firstNotification, newProject, newTask } from '../support/work.ts';
import { freshEmail, type Person } from '../support/tenants.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(60_000);

let system: SystemUnderTest;
let operations: readonly Operation[];
let stranger: Person;
/** A real thing of each kind, of a tenant that the stranger is not in. */
let foreign: Readonly<Record<string, string>>;
/** What is written once the others have reacted to all that happened before. */
const settledRows = async (): Promise<number> => {
  await system.drained();
  return writtenRows(Object.values(system.databases));
};

beforeAll(async () => {
  system = await startSystem();
  const { data } = await system.graphql(getIntrospectionQuery());
  operations = operationsOf(buildClientSchema(data as unknown as IntrospectionQuery));
  stranger = await system.registerTenant();
  const owner = await system.registerTenant();
  const ben = await system.join(owner);
  const projectId = await newProject(system.graphql, owner, { members: [ben] });
  const taskId = await newTask(system.graphql, owner, { projectId, assigneeId: ben.id });
  const notificationId = await firstNotification(system.graphql, ben);
  foreign = { usr: ben.id, prj: projectId, tsk: taskId, ntf: notificationId };
});
afterAll(() => system.stop());

/** As the given id in every way that shows, but of nothing: another random part. */
const unknownTwin = (id: string): string =>
  `${id.slice(0, -14)}${id.slice(-14).split('').toReversed().join('')}`;

const withIds = (idOf: (kind: string) => string) => ({
  ids: (operation: Operation) => operation.variables({ idOf, email: freshEmail() }),
});
const ofAnother = withIds((kind) => foreign[kind] ?? '');
const ofNobody = withIds((kind) => unknownTwin(foreign[kind] ?? ''));

/** An answer without what differs between any two requests. */
const shapeOf = ({ status, data, errors }: Awaited<ReturnType<SystemUnderTest['graphql']>>) => ({
  status,
  data,
  errors,
});

describe('a thing of another tenant', () => {
  it('can be named by many operations', () => {
    const named = operations.filter(({ takesId }) => takesId).map(({ name }) => name);
    expect(named).toEqual(
      expect.arrayContaining([
        'user',
        'project',
        'task',
        'tasks',
        'notification',
        'assignTask',
        'deactivateUser',
      ]),
    );
    expect(named.length).toBeGreaterThan(15);
    expect(operations.flatMap(({ unknownKinds }) => unknownKinds)).toEqual([]);
  });

  it('looks exactly like one that does not exist, whatever is done with it', async () => {
    const before = await settledRows();
    for (const operation of operations.filter(({ takesId }) => takesId)) {
      const real = await system.graphql(operation.text, ofAnother.ids(operation), stranger);
      const none = await system.graphql(operation.text, ofNobody.ids(operation), stranger);
      expect({ operation: operation.name, ...shapeOf(real) }).toEqual({
        operation: operation.name,
        ...shapeOf(none),
      });
      expect(JSON.stringify(real.data)).not.toMatch(/"id":/);
    }
    expect(await settledRows()).toBe(before);
  });

  it('looks the same when it is named beside a thing of one’s own', async () => {
    const projectId = await newProject(system.graphql, stranger);
    const taskId = await newTask(system.graphql, stranger, { projectId });
    const own: Readonly<Record<string, string>> = { prj: projectId, tsk: taskId };
    const before = await settledRows();
    for (const operation of operations.filter(({ idKinds }) => idKinds.length > 1)) {
      for (const kind of operation.idKinds) {
        const ask = (ids: Readonly<Record<string, string>>, twin: (id: string) => string) => {
          const idOf = (asked: string) => (asked !== kind ? own[asked] : undefined) ?? twin(ids[asked] ?? '');
          return system.graphql(operation.text, operation.variables({ idOf, email: freshEmail() }), stranger);
        };
        const real = await ask(foreign, (id) => id);
        const none = await ask(foreign, unknownTwin);
        expect({ operation: operation.name, kind, ...shapeOf(real) }).toEqual({
          operation: operation.name,
          kind,
          ...shapeOf(none),
        });
        expect(real.text).not.toContain(foreign[kind]);
      }
    }
    expect(await settledRows()).toBe(before);
  });

  it('is in no list', async () => {
    const lists =
      '{ users { nodes { id } } projects(includeArchived: true) { nodes { id } } notifications { nodes { id } } }';
    const { text } = await system.graphql(lists, {}, stranger);
    for (const id of Object.values(foreign)) expect(text).not.toContain(id);
  });
});

describe('a visitor who has not signed in', () => {
  it('is refused by every operation but those that let people in', async () => {
    const before = await settledRows();
    const open = ['me', 'tenant', 'register', 'login', 'refreshSession'];
    for (const operation of operations.filter(({ name }) => !open.includes(name))) {
      const { data, codes, text } = await system.graphql(operation.text, ofAnother.ids(operation));
      const refused = data[operation.name] as unknown as { userErrors: { code: string }[] } | null;
      const found = operation.isMutation ? refused?.userErrors.map(({ code }) => code) : codes;
      expect({ operation: operation.name, codes: found, text }).toEqual({
        operation: operation.name,
        codes: ['UNAUTHENTICATED'],
        text,
      });
      if (!operation.isMutation) expect(refused).toBeNull();
    }
    expect(await settledRows()).toBe(before);
  });

  it('is nobody, and in no tenant', async () => {
    const { data, errors } = await system.graphql('{ me { id } tenant { id } }');
    expect({ data, errors }).toEqual({ data: { me: null, tenant: null }, errors: [] });
  });
});

describe('a colleague', () => {
  it('finds a project absent that he is not in, and another’s inbox closed', async () => {
    const owner = await system.registerTenant();
    const [ben, eve] = [await system.join(owner), await system.join(owner, 'MEMBER', 'Eve')];
    const projectId = await newProject(system.graphql, owner, { members: [ben] });
    const taskId = await newTask(system.graphql, owner, { projectId, assigneeId: ben.id });
    const notificationId = await firstNotification(system.graphql, ben);
    const ids: Readonly<Record<string, string>> = { prj: projectId, tsk: taskId, ntf: notificationId };
    const before = await settledRows();
    for (const operation of operations.filter(
      ({ takesId, name }) => takesId && !['user', 'deactivateUser'].includes(name),
    )) {
      const ask = (twin: (id: string) => string) => {
        const idOf = (kind: string) => (kind === 'usr' ? ben.id : twin(ids[kind] ?? ''));
        return system.graphql(operation.text, operation.variables({ idOf, email: freshEmail() }), eve);
      };
      const [real, none] = [await ask((id) => id), await ask(unknownTwin)];
      expect({ operation: operation.name, ...shapeOf(real) }).toEqual({
        operation: operation.name,
        ...shapeOf(none),
      });
    }
    expect(await settledRows()).toBe(before);
    const INBOX =
      'query ($id: ID!) { user(id: $id) { name notifications { nodes { id } } unreadNotificationCount projects { nodes { id } } assignedTasks { nodes { id } } } }';
    const { data } = await system.graphql(INBOX, { id: ben.id }, eve);
    expect(data['user']).toEqual({
      name: 'Ben',
      notifications: null,
      unreadNotificationCount: null,
      projects: { nodes: [] },
      assignedTasks: { nodes: [] },
    });
  });
});
