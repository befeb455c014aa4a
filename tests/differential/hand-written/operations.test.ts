import { beforeAll, describe, expect, it } from '@jest/globals';
import { judgeHealthy } from '../comparison/judge-healthy.ts';
import { tally } from '../comparison/tally.ts';
import { graphs } from '../graphs/all.ts';
import { testGraph, type TestGraph } from '../test-graph.ts';
import { operations } from './operations.ts';

describe('the gateway answers like one graph, by no more calls than stock:', () => {
  const made = new Map<string, TestGraph>();
  const seen = tally();
  beforeAll(async () => {
    for (const [name, sources] of Object.entries(graphs)) made.set(name, await testGraph(sources));
  });

  it.each(operations)('$promise', async ({ graph: name, query, variables = {} }) => {
    const graph = made.get(name);
    expect(graph && (await judgeHealthy(graph, { query, variables }, seen))).toEqual([]);
  });

  it('is asked more than sixty of them', () => {
    console.info(`hand-written: ${JSON.stringify(seen.counts())}`);
    expect(operations.length).toBeGreaterThan(60);
  });
});
