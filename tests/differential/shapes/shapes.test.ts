import { afterAll, describe, expect, it } from '@jest/globals';
import { judgeHealthy } from '../comparison/judge-healthy.ts';
import { tally } from '../comparison/tally.ts';
import { testGraph } from '../test-graph.ts';
import { shapes } from './shapes.ts';

describe('a graph with', () => {
  const seen = tally();
  afterAll(() => console.info(`shapes: ${JSON.stringify(seen.counts())}`));

  it.each(shapes)('$name is answered like one graph', async ({ subgraphs, queries }) => {
    const graph = await testGraph(subgraphs);
    for (const query of queries)
      expect(await judgeHealthy(graph, { query, variables: {} }, seen)).toEqual([]);
  });
});
