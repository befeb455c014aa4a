import { describe, expect, it } from '@jest/globals';
import { testClock } from '@saas/kernel';
import { buildGeneration } from './build-generation.ts';
import { plannerErrors } from './planner.errors.ts';
import { deferred, fakeCompiler, fakePlanners, query } from './planning-doubles.fixture.ts';

const setUp = async (behaviour: Parameters<typeof fakePlanners>[0] = {}, compiler = fakeCompiler) => {
  const clock = testClock();
  const { made, startPlanner } = fakePlanners(behaviour);
  const { generation } = await buildGeneration(1, 'type Query { one: Int two: Int }', {
    compiler,
    startPlanner,
    clock,
    plannerOptions: {},
    cache: { entriesMax: 2, bytesMax: 10_000 },
    refusals: { entriesMax: 2, forMs: 1_000 },
  });
  return { generation, clock, asked: made[0]?.asked ?? [] };
};

describe('an operation', () => {
  it('is planned once for all who ask at the same time, and then remembered', async () => {
    const gate = deferred<string>();
    const { generation, asked } = await setUp({ planOf: async () => gate.promise });
    const all = Promise.all(
      Array.from({ length: 100 }, async () => generation.operationFor(query('one'), undefined, 'k')),
    );
    gate.resolve('{"kind":"QueryPlan"}');
    expect(new Set(await all).size).toBe(1);
    expect(generation.remembered('k')).toEqual({ field: 'one', plan: { kind: 'QueryPlan' } });
    expect(generation.remembered('other')).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it('is planned for each name of its document', async () => {
    const { generation, asked } = await setUp();
    await generation.operationFor(query('one'), 'A', 'k A');
    await generation.operationFor(query('one'), 'B', 'k B');
    expect(asked.map(({ operationName }) => operationName)).toEqual(['A', 'B']);
  });

  it('is planned again after a failure that may pass', async () => {
    const outcomes = [plannerErrors.PLANNER_BUSY(), '{}'];
    const planOf = async () => {
      const outcome = outcomes.shift() ?? '';
      if (typeof outcome !== 'string') throw outcome;
      return outcome;
    };
    const { generation } = await setUp({ planOf });
    await expect(generation.operationFor(query('one'), undefined, 'k')).rejects.toMatchObject({
      code: 'PLANNER_BUSY',
    });
    await expect(generation.operationFor(query('one'), undefined, 'k')).resolves.toBeDefined();
  });

  it('that is too complex costs the planner once, for a while', async () => {
    const planOf = async () => {
      throw plannerErrors.OPERATION_TOO_COMPLEX();
    };
    const { generation, asked, clock } = await setUp({ planOf });
    const ask = async (key: string) => generation.operationFor(query('one'), undefined, key);
    for (let turn = 0; turn < 10; turn += 1)
      await expect(ask('k')).rejects.toMatchObject({ code: 'OPERATION_TOO_COMPLEX' });
    expect(asked).toHaveLength(1);
    clock.advance(1_001);
    await expect(ask('k')).rejects.toMatchObject({ code: 'OPERATION_TOO_COMPLEX' });
    expect(asked).toHaveLength(2);
    // No more are remembered than there is room for.
    for (const key of ['l', 'm', 'k']) await expect(ask(key)).rejects.toBeDefined();
    expect(asked).toHaveLength(5);
  });

  it('that the engine refuses is not planned again', async () => {
    const prepare: typeof fakeCompiler.prepare = (_, documentToPlan) => ({
      documentToPlan,
      compile: () => {
        throw plannerErrors.PLAN_FAILED();
      },
    });
    const { generation, asked } = await setUp({}, { ...fakeCompiler, prepare });
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(generation.operationFor(query('one'), undefined, 'k')).rejects.toMatchObject({
        code: 'PLAN_FAILED',
      });
    }
    expect(asked).toHaveLength(1);
  });

  it('is planned in the words that the engine chooses', async () => {
    const compiler: typeof fakeCompiler = {
      ...fakeCompiler,
      prepare: (facts, document, name) => ({
        ...fakeCompiler.prepare(facts, document, name),
        documentToPlan: query('two'),
      }),
    };
    const { generation, asked } = await setUp({}, compiler);
    await generation.operationFor(query('one'), undefined, 'k');
    expect(asked[0]?.operation.replaceAll(/\s/g, '')).toBe('{two}');
  });

  it('that was not used for longest gives way', async () => {
    const { generation } = await setUp();
    for (const key of ['a', 'b']) await generation.operationFor(query('one'), undefined, key);
    generation.remembered('a');
    await generation.operationFor(query('one'), undefined, 'c');
    expect(['a', 'b', 'c'].map((key) => generation.remembered(key) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    expect(generation.memory.operations).toBe(2);
  });
});
