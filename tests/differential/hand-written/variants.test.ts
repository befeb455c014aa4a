import { describe, expect, it } from '@jest/globals';
import { parse, print, validate } from 'graphql';
import fc from 'fast-check';
import { graphs } from '../graphs/all.ts';
import { randomQuestions } from '../random/random-questions.ts';
import { randomSeed, timeoutMs } from '../random/settings.ts';
import { testGraph, type TestGraph } from '../test-graph.ts';
import { variantsOf } from '../variants/all-variants.ts';
import { answerBefore } from '../variants/variant.ts';
import { canonical } from '../world/hash.ts';
import { nothingFails } from '../world/world.ts';
import { operations } from './operations.ts';

/** Of random operations, per graph; each has a dozen variants. */
const randomCount = 36;

/** On each graph: 1,700 on all. */
const variantsMin = 425;

describe('an operation said in other words', () => {
  it.each(Object.keys(graphs))(
    'has the same answer on %s',
    async (name) => {
      const graph = await testGraph(graphs[name] ?? []);
      const random = fc.sample(randomQuestions(graph), { seed: randomSeed, numRuns: randomCount });
      const own = operations.filter((each) => each.graph === name && !each.query.startsWith('mutation'));
      let count = 0;
      for (const { query, variables = {} } of [...own, ...random]) {
        const { differences, asked } = await differencesOf(graph, query, variables);
        expect(differences).toEqual([]);
        count += asked;
      }
      console.info(`${name}: ${count} variants`);
      expect(count).toBeGreaterThanOrEqual(variantsMin);
    },
    timeoutMs,
  );
});

const differencesOf = async (
  graph: TestGraph,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<{ readonly differences: readonly string[]; readonly asked: number }> => {
  const subgraphs = graph.subgraphs(nothingFails);
  const document = parse(query, { noLocation: true });
  const base = await graph.own(query, variables, subgraphs);
  const differences: string[] = [];
  let asked = 0;
  for (const [name, make] of Object.entries(variantsOf(graph.trusted))) {
    const variant = make(document, graph.api);
    // Exchanged names can make the types of two fields meet that never met before.
    if (validate(graph.api, variant.document).length > 0) continue;
    asked += 1;
    const text = print(variant.document);
    const answer = await graph.own(text, { ...variables, ...variant.variables }, subgraphs);
    const before = answerBefore(JSON.parse(answer.dataJson ?? 'null'), variant);
    const after = variant.isReordered === true ? canonical(before) : JSON.stringify(before);
    const data: unknown = JSON.parse(base.dataJson ?? 'null');
    const expected = variant.isReordered === true ? canonical(data) : JSON.stringify(data);
    if (after !== expected || answer.errors.length > 0) {
      differences.push(`${name}: ${text}\n${after}\n${expected}\n${JSON.stringify(answer.errors)}`);
    }
  }
  return { differences, asked };
};
