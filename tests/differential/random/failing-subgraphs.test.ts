import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeFailing } from '../comparison/judge-failing.ts';
import { tally } from '../comparison/tally.ts';
import { graphs } from '../graphs/all.ts';
import { testGraph } from '../test-graph.ts';
import { randomFailures } from './failures.ts';
import { randomQuestions } from './random-questions.ts';
import { failingRuns, randomSeed, timeoutMs } from './settings.ts';

const names = Object.keys(graphs);
const numRuns = Math.ceil(failingRuns / names.length);

describe('a random operation on subgraphs that fail at random', () => {
  it.each(names)(
    'on %s loses what failed and nothing else, with an error',
    async (name) => {
      const graph = await testGraph(graphs[name] ?? []);
      const seen = tally();
      await fc.assert(
        fc.asyncProperty(randomQuestions(graph), randomFailures, async (question, failures) => {
          expect(await judgeFailing(graph, question, failures, seen)).toEqual([]);
        }),
        { seed: randomSeed, numRuns },
      );
      console.info(`${name}: ${JSON.stringify(seen.counts())}`);
    },
    timeoutMs,
  );
});
