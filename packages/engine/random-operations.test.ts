import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { execute, parse, validate } from 'graphql';
import { asJson, graphUnderTest } from './testing/graph-under-test.ts';
import { randomOperations } from './testing/random-operations.ts';
import { town, townSubgraphs } from './testing/town.ts';

const graph = graphUnderTest(townSubgraphs);
const seed = Number(process.env['ENGINE_SEED'] ?? 7);
const numRuns = Number(process.env['ENGINE_RUNS'] ?? 60);

const variables = fc.record({ a: fc.boolean(), b: fc.boolean() }, { requiredKeys: ['a'] });

describe('an operation', () => {
  it.each([
    ['with its own names', 0],
    ['with names that the planner uses', 30],
  ])('%s is answered like one graph', async (_, aliased) => {
    const operations = randomOperations(graph.api, { without: /broken|fail/i, aliased });
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(operations, variables, async (query, given) => {
        const document = parse(query);
        if (validate(graph.api, document).length > 0) return;
        ran += 1;
        const expected = await execute({
          schema: graph.api,
          document,
          rootValue: town,
          variableValues: given,
        });
        const { dataJson, errors } = await graph.ask(query, { variables: given });
        expect(errors).toEqual([]);
        expect(dataJson).toBe(JSON.stringify(asJson(expected.data)));
      }),
      { seed, numRuns },
    );
    expect(ran).toBeGreaterThan(numRuns / 4);
  });

  it('with fields that fail has null where one graph has it, and never without an error', async () => {
    const operations = randomOperations(graph.api, { without: /^fail/i, aliased: 10 });
    await fc.assert(
      fc.asyncProperty(operations, variables, async (query, given) => {
        const document = parse(query);
        if (validate(graph.api, document).length > 0) return;
        const schema = graph.api;
        const expected = await execute({ schema, document, rootValue: town, variableValues: given });
        const { dataJson, errors, problems } = await graph.ask(query, { variables: given });
        expect(dataJson).toBe(JSON.stringify(asJson(expected.data)));
        // Where several failures make one object null, which of them is told differs between one graph and several.
        expect(errors.length > 0).toBe((expected.errors ?? []).length > 0);
        expect(problems).toEqual([]);
      }),
      { seed, numRuns },
    );
  });
});
