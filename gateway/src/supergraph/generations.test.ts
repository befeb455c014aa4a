import { describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '@saas/telemetry';
import type { GenerationEvent } from './generation-events.ts';
import { startGenerations, type GenerationsOptions } from './generations.ts';
import {
  deferred,
  fakeCompiler,
  fakePlanners,
  query,
  wanted,
  type FakeOperation,
} from './planning-doubles.fixture.ts';
import { memorySource } from './supergraph-source.memory.ts';
import { until } from './until.fixture.ts';

jest.setTimeout(60_000);

const logger = createLogger({ name: 'test', level: 'silent' });
const schema = (...fields: readonly string[]) =>
  `type Query { ${fields.map((each) => `${each}: Int`).join(' ')} }`;

type Options = Partial<GenerationsOptions<readonly string[], FakeOperation>>;

const setUp = async (behaviour: Parameters<typeof fakePlanners>[0] = {}, options: Options = {}) => {
  const source = memorySource(schema('one'));
  const planners = fakePlanners(behaviour);
  const events: GenerationEvent[] = [];
  const generations = await startGenerations({
    source,
    compiler: fakeCompiler,
    logger,
    startPlanner: planners.startPlanner,
    observe: (event) => events.push(event),
    ...options,
  });
  const hasServed = async (id: number) => until(() => generations.current().id === id);
  return { source, planners: planners.made, generations, events, hasServed };
};

describe('generations', () => {
  it('begin with what the source has', async () => {
    const { generations } = await setUp();
    expect(generations.current()).toMatchObject({ id: 1, facts: ['one'], subgraphs: [{ name: 'a' }] });
    expect(generations.of(generations.current().api)).toBe(generations.current());
  });

  it.each([
    ['broken', 'SUPERGRAPH_INVALID'],
    [undefined, 'SUPERGRAPH_SOURCE_FAILED'],
  ])('do not begin with %s, and leave nothing behind', async (sdl, code) => {
    const { made, startPlanner } = fakePlanners({});
    const source = memorySource(sdl);
    const options = { source, compiler: fakeCompiler, logger, startPlanner };
    await expect(startGenerations(options)).rejects.toMatchObject({ code });
    expect(made.every(({ isStopped }) => isStopped())).toBe(true);
  });

  it('follow the source, with ever greater ids, and tell who listens', async () => {
    const { source, generations, hasServed, planners } = await setUp();
    const told: number[][] = [];
    const stop = generations.onSwap(({ previous, next }) => told.push([previous.id, next.id]));
    source.put(schema('two'));
    await hasServed(2);
    source.put(schema('three'));
    await hasServed(3);
    stop();
    source.put(schema('four'));
    await hasServed(4);
    expect(told).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(planners.map(({ isRetired }) => isRetired())).toEqual([true, true, true, false]);
  });

  it('keep the last good one whatever is found, and say why', async () => {
    const { source, generations, events, planners, hasServed } = await setUp();
    source.put('broken');
    await until(() => events.at(-1)?.kind === 'refused');
    expect(generations.current().id).toBe(1);
    expect(generations.status()).toMatchObject({ generationId: 1, problem: { code: 'SUPERGRAPH_INVALID' } });
    source.fail('It is gone.');
    expect(generations.status()).toMatchObject({ problem: { code: 'SUPERGRAPH_SOURCE_FAILED' } });
    source.put(schema('two'));
    await hasServed(2);
    expect(generations.status().problem).toBeUndefined();
    expect(planners.map(({ isStopped }) => isStopped())).toEqual([false, true, false]);
  });

  it('keep the last good one when the check of a candidate fails', async () => {
    const check = async ({ facts }: { facts: readonly string[] }) => {
      if (facts.includes('two')) throw new Error('A subgraph does not answer.');
    };
    const { source, generations, events, planners, hasServed } = await setUp({}, { check });
    source.put(schema('two'));
    await until(() => events.at(-1)?.kind === 'refused');
    expect(generations.current().facts).toEqual(['one']);
    expect(planners[1]?.isStopped()).toBe(true);
    source.put(schema('three'));
    await hasServed(2);
  });

  it('forget a problem when the source is back at what serves', async () => {
    const { source, generations, events } = await setUp();
    source.put('broken');
    await until(() => events.at(-1)?.kind === 'refused');
    source.put(schema('one'));
    await until(() => generations.status().problem === undefined);
    expect(generations.current().id).toBe(1);
  });

  it('build one candidate at a time, and of a burst of changes only the last', async () => {
    const gate = deferred();
    let isOpen = true;
    const { source, planners, hasServed } = await setUp({
      gate: async () => (isOpen ? undefined : gate.promise),
    });
    isOpen = false;
    for (let version = 0; version < 50; version += 1) source.put(schema(`version${version}`));
    gate.resolve();
    await hasServed(3);
    expect(planners.map(({ supergraphSdl }) => supergraphSdl)).toEqual([
      schema('one'),
      schema('version0'),
      schema('version49'),
    ]);
  });

  it('lose nothing in 1,000 turns of good and broken', async () => {
    const { source, generations, events, hasServed } = await setUp();
    for (let turn = 1; turn <= 500; turn += 1) {
      source.put(`broken ${turn}`);
      await until(() => events.at(-1)?.kind === 'refused');
      expect(generations.current().id).toBe(turn);
      source.put(schema(`version${turn}`));
      await hasServed(turn + 1);
    }
    expect(Object.keys(generations.status().inHand)).toEqual(['501']);
  });

  it('go on when a listener fails, and tell of it', async () => {
    const { source, generations, events, hasServed } = await setUp();
    const told: number[] = [];
    generations.onSwap(() => {
      throw new Error('mine');
    });
    generations.onSwap(({ next }) => told.push(next.id));
    source.put(schema('two'));
    await hasServed(2);
    expect(told).toEqual([2]);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'listener-failed' }));
  });

  it('tell when the last request has left a replaced one, also one that came late', async () => {
    const { source, generations, hasServed } = await setUp();
    const empty: number[] = [];
    generations.onEmpty(({ id }) => empty.push(id));
    const first = generations.enter();
    source.put(schema('two'));
    await hasServed(2);
    expect(empty).toEqual([]);
    first.leave();
    expect(empty).toEqual([1]);
    const late = generations.enter(first.generation.api);
    expect(late.generation.id).toBe(1);
    late.leave();
    expect(empty).toEqual([1, 1]);
    generations.enter().leave();
    expect(empty).toEqual([1, 1]);
  });

  it('stop while a candidate is being built', async () => {
    let isOpen = true;
    const gate = deferred();
    const { source, generations, planners } = await setUp({
      gate: async () => (isOpen ? undefined : gate.promise),
    });
    isOpen = false;
    source.put(schema('two'));
    const stopping = generations.stop();
    gate.resolve();
    await stopping;
    expect(generations.current().id).toBe(1);
    expect(planners.map(({ isStopped }) => isStopped())).toEqual([true, true]);
  });
});

describe('a request', () => {
  it('ends on the generation that it began on, also when it plans after the swap', async () => {
    const { source, generations, hasServed } = await setUp();
    const old = generations.enter();
    source.put(schema('two'));
    await hasServed(2);
    const young = generations.enter();
    expect(generations.status().inHand).toEqual({ 1: 1, 2: 1 });
    await expect(old.generation.operationFor(wanted(query('one'), 'k'))).resolves.toMatchObject({
      field: 'one',
    });
    await expect(young.generation.operationFor(wanted(query('two'), 'k'))).resolves.toMatchObject({
      field: 'two',
    });
    old.leave();
    old.leave();
    expect(generations.status().inHand).toEqual({ 2: 1 });
  });

  it('is answered by its own generation while supergraphs change under load', async () => {
    const { source, generations, events } = await setUp();
    const load = { isOver: false };
    let served = 0;
    const client = async (): Promise<void> => {
      while (!load.isOver) {
        const lease = generations.enter();
        const { generation } = lease;
        const [field = ''] = generation.facts;
        const operation = await generation.operationFor(wanted(query(field), field));
        expect(operation).toMatchObject({ field, plan: { for: expect.stringContaining(field) } });
        served += 1;
        lease.leave();
        await new Promise(setImmediate);
      }
    };
    const clients = Array.from({ length: 20 }, client);
    for (let turn = 1; turn <= 100; turn += 1) {
      source.put(turn % 10 === 0 ? `broken ${turn}` : schema(`version${turn}`));
      await until(() => events.filter(({ kind }) => kind !== 'planner-lost').length === turn + 1);
    }
    load.isOver = true;
    await Promise.all(clients);
    expect(served).toBeGreaterThan(100);
    expect(generations.status().inHand).toEqual({ 91: 0 });
  });
});

describe('the warm-up', () => {
  const use = async (
    generations: Awaited<ReturnType<typeof setUp>>['generations'],
    names: readonly string[],
  ) => {
    for (const name of names) await generations.current().operationFor(wanted(query(name), name));
  };

  it('plans the most used operations before the swap', async () => {
    const setting = await setUp({}, { warmUp: { operationsMax: 2 } });
    const { source, generations, planners, hasServed, events } = setting;
    source.put(schema('a', 'b', 'c'));
    await hasServed(2);
    await use(generations, ['a', 'b', 'b', 'c', 'c', 'c']);
    source.put(schema('a', 'b', 'c', 'd'));
    await hasServed(3);
    expect(
      planners[2]?.asked.map(({ operation, isTrusted }) => [operation.replaceAll(/\s/g, ''), isTrusted]),
    ).toEqual([
      ['{c}', true],
      ['{b}', true],
    ]);
    expect(generations.current().remembered('c', {})).toBeDefined();
    expect(events.at(-1)).toMatchObject({ kind: 'swapped', warmed: 2 });
  });

  it('leaves out what the new schema does not have', async () => {
    const { source, generations, planners, hasServed } = await setUp();
    await use(generations, ['one']);
    source.put(schema('two'));
    await hasServed(2);
    expect(planners[1]?.asked).toEqual([]);
  });

  it('is cut short when something newer waits', async () => {
    const gate = deferred();
    const { source, generations, planners, hasServed } = await setUp({
      planOf: async ({ isTrusted }) => {
        if (isTrusted === true) await gate.promise;
        return '{}';
      },
    });
    source.put(schema('a', 'b'));
    await hasServed(2);
    await use(generations, ['a', 'b']);
    source.put(schema('a', 'b', 'c'));
    await until(() => planners[2]?.asked.length === 1);
    source.put(schema('a', 'b', 'd'));
    gate.resolve();
    await hasServed(4);
    expect(planners[2]?.asked).toHaveLength(1);
    expect(planners[3]?.asked.length).toBeGreaterThan(0);
  });

  it('plans what is known beforehand, in the first generation as well', async () => {
    const knownOperations = ['one', 'gone'].map((name) => ({
      key: name,
      text: `{ ${name} }`,
      operationName: undefined,
      uses: 0,
    }));
    const { source, generations, hasServed } = await setUp({}, { knownOperations });
    await until(() => generations.current().remembered('one', {}) !== undefined);
    source.put(schema('one', 'two'));
    await hasServed(2);
    expect(generations.current().remembered('one', {})).toBeDefined();
    expect(generations.current().remembered('gone', {})).toBeUndefined();
  });
});
