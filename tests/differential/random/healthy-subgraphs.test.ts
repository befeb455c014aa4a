import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeHealthy } from '../comparison/judge-healthy.ts';
import { tally } from '../comparison/tally.ts';
import { graphs } from '../graphs/all.ts';
import { testGraph } from '../test-graph.ts';
import { randomQuestions } from './random-questions.ts';
import { healthyRuns, randomSeed, timeoutMs } from './settings.ts';

const names = Object.keys(graphs);
const numRuns = Math.ceil(healthyRuns / names.length);

describe('a random operation', () => {
  it.each(names)(
    'on %s is answered like by one graph, and not by more calls than stock needs',
    async (name) => {
      const graph = await testGraph(graphs[name] ?? []);
      const seen = tally();
      await fc.assert(
        fc.asyncProperty(randomQuestions(graph), async (question) => {
          expect(await judgeHealthy(graph, question, seen)).toEqual([]);
        }),
        { seed: randomSeed, numRuns },
      );
      console.info(`${name}: ${JSON.stringify(seen.counts())}`);
      expect(seen.counts()['operations']).toBeGreaterThanOrEqual(numRuns);
    },
    timeoutMs,
  );
});
