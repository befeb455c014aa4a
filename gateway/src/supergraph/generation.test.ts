import { describe, expect, it } from '@jest/globals';
import { testClock } from '@saas/kernel';
import { parse, print } from 'graphql';
import { buildGeneration } from './build-generation.ts';
import { plannerErrors } from './planner.errors.ts';
import { deferred, fakeCompiler, fakePlanners, query, wanted } from './planning-doubles.fixture.ts';

const setUp = async (behaviour: Parameters<typeof fakePlanners>[0] = {}, compiler = fakeCompiler) => {
  const clock = testClock();
  const { made, startPlanner } = fakePlanners(behaviour);
  const { generation } = await buildGeneration(1, 'type Query { one: Int two: Int }', {
    compiler,
    startPlanner,
    clock,
    introspection: true,
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
      Array.from({ length: 100 }, async () => generation.operationFor(wanted(query('one'), 'k'))),
    );
    gate.resolve('{"kind":"QueryPlan"}');
    expect(new Set(await all).size).toBe(1);
    expect(generation.remembered('k', {})).toEqual({ field: 'one', plan: { kind: 'QueryPlan' } });
    expect(generation.remembered('other', {})).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it('is planned for each name of its document', async () => {
    const { generation, asked } = await setUp();
    await generation.operationFor({ ...wanted(query('one'), 'k A'), operationName: 'A' });
    await generation.operationFor({ ...wanted(query('one'), 'k B'), operationName: 'B' });
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
    await expect(generation.operationFor(wanted(query('one'), 'k'))).rejects.toMatchObject({
      code: 'PLANNER_BUSY',
    });
    await expect(generation.operationFor(wanted(query('one'), 'k'))).resolves.toBeDefined();
  });

  it('that is too complex costs the planner once, for a while', async () => {
    const planOf = async () => {
      throw plannerErrors.OPERATION_TOO_COMPLEX();
    };
    const { generation, asked, clock } = await setUp({ planOf });
    const ask = async (key: string) => generation.operationFor(wanted(query('one'), key));
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
    const prepare: typeof fakeCompiler.prepare = (_, { documentToPlan }) => ({
      documentToPlan,
      compile: () => {
        throw plannerErrors.PLAN_FAILED();
      },
    });
    const { generation, asked } = await setUp({}, { ...fakeCompiler, prepare });
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(generation.operationFor(wanted(query('one'), 'k'))).rejects.toMatchObject({
        code: 'PLAN_FAILED',
      });
    }
    expect(asked).toHaveLength(1);
  });

  it('is planned in the words that the engine chooses', async () => {
    const compiler: typeof fakeCompiler = {
      ...fakeCompiler,
      prepare: (facts, input) => ({
        ...fakeCompiler.prepare(facts, input),
        documentToPlan: query('two'),
      }),
    };
    const { generation, asked } = await setUp({}, compiler);
    await generation.operationFor(wanted(query('one'), 'k'));
    expect(asked[0]?.operation.replaceAll(/\s/g, '')).toBe('{two}');
  });

  it('that was not used for longest gives way', async () => {
    const { generation } = await setUp();
    for (const key of ['a', 'b']) await generation.operationFor(wanted(query('one'), key));
    generation.remembered('a', {});
    await generation.operationFor(wanted(query('one'), 'c'));
    expect(['a', 'b', 'c'].map((key) => generation.remembered(key, {}) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    expect(generation.memory.operations).toBe(2);
  });
});

describe('an operation whose plan depends on conditions', () => {
  const conditional = (variables: Readonly<Record<string, unknown>>) => ({
    ...wanted(parse('query ($if: Boolean!) { one @include(if: $if) two }'), 'k'),
    variables,
  });

  it('is planned once for each combination of their values', async () => {
    const { generation, asked } = await setUp();
    for (const variables of [{ if: true }, { if: true, other: 1 }, { if: false }, {}]) {
      const { conditionValues } = await generation.operationFor(conditional(variables));
      expect(conditionValues).toEqual({ if: variables.if === true });
      expect(generation.remembered('k', variables)?.conditionValues).toEqual(conditionValues);
    }
    expect(asked).toHaveLength(2);
  });

  it('is planned ahead for the values that were asked for, and for no others', async () => {
    const { generation } = await setUp();
    await generation.operationFor(conditional({ if: true }));
    const { generation: next, asked } = await setUp();
    for (const used of generation.mostUsed(10)) await next.warm(used);
    expect(next.remembered('k', { if: true })).toBeDefined();
    expect(next.remembered('k', { if: false })).toBeUndefined();
    const text = print(conditional({}).document);
    await next.warm({ key: 'l', text, operationName: undefined, uses: 1 });
    expect(asked).toHaveLength(1);
  });
});

describe('an operation of which only a part may be planned', () => {
  it('is planned as that part, and never planned ahead for another supergraph', async () => {
    const { generation, asked } = await setUp();
    const part = { ...wanted(query('one', 'two'), 'k without two'), documentToPlan: query('one') };
    await generation.operationFor(part);
    expect(asked[0]?.operation.replaceAll(/\s/g, '')).toBe('{one}');
    expect(generation.remembered('k without two', {})).toBeDefined();
    expect(generation.mostUsed(10)).toEqual([]);
  });
});

describe('what a generation knows of its supergraph', () => {
  it('includes the costs that it declares', async () => {
    const { generation } = await setUp();
    expect(generation.costs).toEqual({ weights: new Map(), listSizes: new Map() });
  });
});
