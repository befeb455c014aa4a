import { QueryPlanner } from '@apollo/query-planner';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { composeInThread } from './compose-in-thread.ts';
import { threadedPlanner, type Planner, type PlannerOptions } from './planner.ts';
import { hostileOperation, smallSupergraph, wideSupergraph } from './planning.fixture.ts';
import { until } from './until.fixture.ts';

jest.setTimeout(60_000);

// Threads run what is compiled; see worker-thread.ts.
const hop = '{ me { name projects { title } } }';
const ask = (operation: string, size = 1) => ({ operation, operationName: undefined, size });

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : error;

describe('a planner in a thread', () => {
  const planners: Planner[] = [];
  const open = (supergraphSdl: string, options: Omit<PlannerOptions, 'supergraphSdl'> = {}) => {
    const planner = threadedPlanner({ supergraphSdl, ...options });
    planners.push(planner);
    return planner;
  };
  afterEach(async () => {
    await Promise.all(planners.splice(0).map(async (planner) => planner.stop()));
  });

  it('tells what clients see, and the subgraphs', async () => {
    const { apiSdl, subgraphs } = await open(smallSupergraph()).load();
    expect(Object.keys(buildSchema(apiSdl).getTypeMap())).not.toContain('join__Graph');
    expect(subgraphs).toEqual([
      { name: 'projects', url: 'http://projects/graphql' },
      { name: 'users', url: 'http://users/graphql' },
    ]);
  });

  it('plans what the library plans', async () => {
    const supergraph = Supergraph.build(smallSupergraph(), { validateSupergraph: false });
    const operation = operationFromDocument(supergraph.apiSchema(), parse(hop));
    const plan: unknown = JSON.parse(JSON.stringify(new QueryPlanner(supergraph).buildQueryPlan(operation)));
    const planJson = await open(smallSupergraph()).plan(ask(hop));
    expect(JSON.parse(planJson)).toEqual(plan);
  });

  it('plans the operation that is named', async () => {
    const operation = 'query A { me { id } } query B { version }';
    const planJson = await open(smallSupergraph()).plan({ ...ask(operation), operationName: 'B' });
    expect(planJson).toContain('{version}');
  });

  it('defers where that is switched on', async () => {
    const operation = '{ me { name ... @defer { projects { title } } } }';
    const planJson = await open(smallSupergraph(), { isDeferEnabled: true }).plan(ask(operation));
    expect(JSON.parse(planJson)).toMatchObject({ node: { kind: 'Defer' } });
  });

  it.each([
    ['no GraphQL', 'type {'],
    ['no supergraph', 'type Query { a: Int }'],
    ['a type that is not there', smallSupergraph().replace('name: String', 'name: NoSuchType')],
  ])('refuses %s, with the problem', async (_, supergraphSdl) => {
    await expect(open(supergraphSdl).load()).rejects.toMatchObject({
      code: 'SUPERGRAPH_INVALID',
      problems: [{ message: expect.any(String) }],
    });
  });

  it('says which operations it has no plan for', async () => {
    const planner = open(smallSupergraph());
    await expect(planner.plan(ask('{ nothing }'))).rejects.toMatchObject({ code: 'PLAN_FAILED' });
    await expect(planner.plan(ask(hop))).resolves.toContain('Flatten');
  });

  it('refuses what takes too long, and goes on with what waited in line', async () => {
    const lost: string[] = [];
    const planner = open(wideSupergraph(), {
      limits: { planDeadlineMs: 100 },
      onThreadLost: (reason) => lost.push(reason),
    });
    const hostile = planner.plan(ask(hostileOperation()));
    const waiting = [planner.plan(ask('{ node { id } }')), planner.plan(ask('{ __typename }'))];
    await expect(hostile).rejects.toMatchObject({ code: 'OPERATION_TOO_COMPLEX' });
    await expect(Promise.all(waiting)).resolves.toHaveLength(2);
    expect(lost).toEqual(['timeout']);
  });

  it('refuses what is as large as what cost it several threads, and goes on with the rest', async () => {
    const planner = open(wideSupergraph(), {
      limits: { planDeadlineMs: 50, lostThreads: { lossesMax: 2, withinMs: 60_000 } },
    });
    const line = [80, 85, 90, 200].map(async (size) => planner.plan(ask(hostileOperation(), size)));
    const outcomes = await Promise.allSettled([...line, planner.plan(ask('{ node { id } }', 2))]);
    expect(outcomes.map((each) => (each.status === 'fulfilled' ? 'planned' : codeOf(each.reason)))).toEqual([
      'OPERATION_TOO_COMPLEX',
      'OPERATION_TOO_COMPLEX',
      'PLANNER_BUSY',
      'PLANNER_BUSY',
      'planned',
    ]);
    const known = { ...ask('{ node { id } }', 200), isTrusted: true };
    await expect(planner.plan(known)).resolves.toContain('Fetch');
  });

  it('plans small operations first, and none of them last for ever', async () => {
    const planner = open(smallSupergraph());
    const order: number[] = [];
    const sizes = [1, 900, 800, 5, 6, 7, 8];
    await Promise.all(
      sizes.map(async (size) => {
        await planner.plan(ask('{ version }', size));
        order.push(size);
      }),
    );
    expect(order).toEqual([1, 5, 6, 900, 7, 8, 800]);
  });

  it('does not hold up another planner', async () => {
    const [attacked, other] = [
      open(wideSupergraph(), { limits: { planDeadlineMs: 60_000 } }),
      open(smallSupergraph()),
    ];
    await Promise.all([attacked.load(), other.load()]);
    let isOver = false;
    const hostile = attacked.plan(ask(hostileOperation())).finally(() => (isOver = true));
    const refusal = expect(hostile).rejects.toMatchObject({ code: 'PLANNER_UNAVAILABLE' });
    for (const _ of Array.from({ length: 20 })) await other.plan(ask(hop));
    expect(isOver).toBe(false);
    await attacked.stop();
    await refusal;
  });

  it('refuses more than may wait in line', async () => {
    const planner = open(smallSupergraph(), { limits: { queueMax: 2 } });
    const plans = await Promise.allSettled(Array.from({ length: 5 }, async () => planner.plan(ask(hop))));
    expect(plans.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 3 }, () => 'fulfilled'),
      ...Array.from({ length: 2 }, () => 'rejected'),
    ]);
    expect(plans[4]).toMatchObject({ reason: { code: 'PLANNER_BUSY' } });
  });

  it('plans for stragglers after it was retired', async () => {
    const planner = open(smallSupergraph());
    await planner.load();
    planner.retire();
    await expect(planner.plan(ask(hop))).resolves.toContain('Flatten');
  });

  it('refuses everything once stopped', async () => {
    const planner = open(smallSupergraph());
    const loading = planner.load();
    await planner.stop();
    await expect(loading).rejects.toMatchObject({ code: 'PLANNER_UNAVAILABLE' });
    await expect(planner.plan(ask(hop))).rejects.toMatchObject({ code: 'PLANNER_UNAVAILABLE' });
  });
});

describe('composition in a thread', () => {
  const schema = (sdl: string) => [{ name: 'a', routingUrl: 'http://a/', location: 'a.graphql', sdl }];

  it('gives what composition gives, while this thread goes on', async () => {
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const { supergraphSdl } = await composeInThread(schema('type Query { a: Int }'));
    await until(() => turns > 0);
    clearInterval(counting);
    expect(supergraphSdl).toContain('join__Graph');
  });

  it('names every problem', async () => {
    await expect(composeInThread(schema('type Query { a: NoSuchType }'))).rejects.toMatchObject({
      code: 'SUPERGRAPH_COMPOSITION_FAILED',
      problems: [{ subgraph: 'a', code: 'INVALID_GRAPHQL' }],
    });
  });
});
