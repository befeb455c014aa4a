import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { graphUnderTest } from './testing/graph-under-test.ts';
import { askIncrementally } from './testing/merged-parts.ts';
import { randomOperations } from './testing/random-operations.ts';
import { townSubgraphs } from './testing/town.ts';

const graph = graphUnderTest(townSubgraphs, { defer: true });
const seed = Number(process.env['ENGINE_SEED'] ?? 7);
const numRuns = 3 * Number(process.env['ENGINE_RUNS'] ?? 60);

const variables = fc.record({ a: fc.boolean(), b: fc.boolean() }, { requiredKeys: ['a'] });

describe('an operation with deferred fragments', () => {
  it('answers in parts what it answers at once', async () => {
    const operations = randomOperations(graph.api, {
      // Of interface objects the planner forgets to fetch the type when nothing but that is deferred.
      without: /broken|fail|^best$/i,
      aliased: 5,
      depth: 2,
      deferred: true,
    });
    let partCount = 0;
    await fc.assert(
      fc.asyncProperty(operations, variables, async (query, given) => {
        // The planner's time and space grow with every deferred fragment, faster than anyone has patience.
        if (query.length > 800 || query.split('@defer').length > 4) return;
        if (validate(graph.api, parse(query)).length > 0) return;
        const expected = await graph.ask(query, { variables: given });
        const { data, errors, parts, payloads } = await askIncrementally(graph, query, given);
        partCount += parts.length;
        expect(errors).toEqual([]);
        expect(data).toEqual(expected.data);
        const marks = payloads.map(({ hasNext }) => hasNext);
        expect(marks).toEqual(marks.map((_, index) => index < marks.length - 1));
      }),
      { seed, numRuns },
    );
    expect(partCount).toBeGreaterThan(numRuns / 2);
  });
});
