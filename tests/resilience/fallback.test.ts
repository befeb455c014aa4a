import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '@saas/local-stack';
import type { GraphqlAnswer } from '../support/graphql-client.ts';
import { startSystem, type SystemUnderTest } from '../support/system.ts';
import type { Person } from '../support/tenants.ts';
import { newProject } from '../support/work.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(180_000);

let system: SystemUnderTest;
/** Two in one tenant, and one in another. */
let people: readonly Person[];
beforeAll(async () => {
  system = await startSystem();
  const [ada, eve] = [await system.registerTenant(), await system.registerTenant()];
  const ben = await system.join(ada);
  people = [ada, ben, eve];
  await newProject(system.graphql, ada, { name: 'Apollo', members: [ben] });
  await newProject(system.graphql, eve, { name: 'Zeus' });
  await system.drained();
});
afterAll(async () => system.stop());

const PROJECTS = [1, 2, 3, 4, 5].flatMap((first) => [
  `{ projects(first: ${first}) { nodes { id name } } }`,
  `{ projects(first: ${first}) { nodes { name owner { name } } } }`,
  `{ me { name projects(first: ${first}) { nodes { name status owner { id name } } } } }`,
]);

type Degraded = readonly {
  readonly subgraph: string;
  readonly paths: readonly unknown[];
  readonly ageMs: number;
}[];

const degradedIn = ({ text }: GraphqlAnswer): Degraded =>
  (JSON.parse(text) as { readonly extensions?: { readonly degraded?: Degraded } }).extensions?.degraded ?? [];

const askAll = async (): Promise<readonly GraphqlAnswer[]> => {
  const answers: GraphqlAnswer[] = [];
  for (const person of people)
    for (const query of PROJECTS) answers.push(await system.graphql(query, {}, person));
  return answers;
};

describe('a subgraph that is gone', () => {
  let seen: readonly GraphqlAnswer[];
  beforeAll(async () => {
    seen = await askAll();
    await system.projects.stop();
  });

  it('leaves everything answered that was asked before, to each what was theirs, and labelled', async () => {
    expect(seen.flatMap(({ errors }) => errors)).toEqual([]);
    expect(seen.flatMap(degradedIn)).toEqual([]);
    const now = await askAll();
    expect(now.map(({ data }) => data)).toEqual(seen.map(({ data }) => data));
    for (const answer of now) {
      expect(answer.errors).toEqual([]);
      expect(degradedIn(answer).map(({ subgraph }) => subgraph)).toEqual(['projects']);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('leaves a hole where nothing was asked before', async () => {
    const { data, codes } = await system.graphql(
      '{ me { name } projects(first: 7) { nodes { id } } }',
      {},
      people[0],
    );
    expect(data).toEqual({ me: { name: people[0]?.name }, projects: null });
    expect(codes).toHaveLength(1);
  });

  it('answers nobody with what another session was told', async () => {
    const again = await system.signIn(people[0]?.email ?? '');
    const { data } = await system.graphql(PROJECTS[0] ?? '', {}, again);
    expect(data).toEqual({ projects: null });
  });

  it('is no reason to change anything from memory', async () => {
    const create =
      'mutation { createProject(input: { name: "Apollo" }) { project { id } userErrors { code } } }';
    const { data, codes, text } = await system.graphql(create, {}, people[0]);
    expect({ data, codes: codes.length }).toEqual({ data: { createProject: null }, codes: 1 });
    expect(text).not.toContain('degraded');
  });
});

describe('fields that are never told from memory', () => {
  it('are missing, and so is what came with them', async () => {
    const [, ben] = people;
    const [marked, other] = ['{ me { name email role } }', '{ me { name status } }'];
    const before = await system.graphql(marked, {}, ben);
    expect(before.data['me']).toMatchObject({ email: ben?.email, role: 'MEMBER' });
    await system.graphql(other, {}, ben);
    await system.users.stop();
    await waitUntil(
      'the gateway to miss it',
      async () => (await system.graphql(marked, {}, ben)).data['me'] === null,
    );
    const { data } = await system.graphql(other, {}, ben);
    expect(data['me']).toEqual({ name: ben?.name, status: 'ACTIVE' });
  });
});
