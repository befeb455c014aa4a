import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { faultyGraph, type FaultyGraph } from '../support/faulty-graph.ts';
import { until } from '../support/until.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(180_000);

const QUERIES = 60;
const CLIENTS = 8;
const QUERY = 'query ($first: Int) { me { name } projects(first: $first) { name } }';

let graph: FaultyGraph;
beforeAll(async () => {
  graph = await faultyGraph();
});
afterAll(async () => graph.stop());

const ask = async (first: number) => {
  const { data, errors, headers, text } = await graph.graphql(QUERY, { first });
  const { extensions } = JSON.parse(text) as {
    readonly extensions?: { readonly degraded?: readonly { readonly subgraph: string }[] };
  };
  return {
    isRight: JSON.stringify(data) === JSON.stringify(wholeOf(first)),
    errors,
    labels: extensions?.degraded?.map(({ subgraph }) => subgraph) ?? [],
    cacheControl: headers.get('cache-control'),
  };
};
const wholeOf = (first: number) => ({ me: { name: 'Ada' }, projects: [{ name: `Apollo ${first}` }] });

it('answers what it has answered before when a subgraph is killed under load, and says that it is old', async () => {
  const numbers = Array.from({ length: QUERIES }, (_, index) => index);
  for (const first of numbers) expect(await ask(first)).toMatchObject({ isRight: true, labels: [] });

  const load = { isOver: false, isKilled: false };
  const answers: { readonly answer: Awaited<ReturnType<typeof ask>>; readonly wasKilled: boolean }[] = [];
  const client = async (_: unknown, index: number): Promise<void> => {
    for (let at = index; !load.isOver; at += CLIENTS) {
      const wasKilled = load.isKilled;
      answers.push({ answer: await ask(at % QUERIES), wasKilled });
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  await until(() => answers.length > QUERIES);
  await graph.proxy.close();
  load.isKilled = true;
  const killedAt = answers.length;
  await until(() => answers.length > killedAt + 3 * QUERIES);
  load.isOver = true;
  await Promise.all(clients);

  const served = answers.filter(({ answer: { isRight } }) => isRight).length;
  expect(served / answers.length).toBeGreaterThanOrEqual(0.99);
  const late = answers.filter(({ wasKilled }) => wasKilled).map(({ answer }) => answer);
  expect(late.length).toBeGreaterThan(QUERIES);
  for (const { isRight, labels, errors, cacheControl } of late) {
    if (!isRight) continue;
    expect(labels).toEqual(['projects']);
    expect(errors).toEqual([]);
    expect(cacheControl).toContain('no-store');
  }
});
