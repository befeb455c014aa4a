import { describe, expect, it } from '@jest/globals';
import { nothingFails } from '../world/world.ts';
import { testGraph } from '../test-graph.ts';
import { graphs } from './all.ts';

const queries: Record<string, string> = {
  market:
    '{ products { id title shipping total banner buyers { name orders { summary lines { quantity } } } shelves { label reserved } } }',
  media:
    '{ media { __typename id stars title ... on Book { price thickness } teaser } best { __typename id stars } things { ... on Artist { mood } } shops { poster { title } } }',
  fleet:
    '{ vans { plate tag range mileage stops(at: [1]) { city open } extra driver { name contact { ... on Mail { number label } ... on Phone { number } } } } }',
  council:
    '{ council { budget agenda { minutes topic ... on Vote { result grade } ... on Motion { passed weightOf } } chair { duel } } node(id: "x") { id } }',
};

describe('a graph', () => {
  it.each(Object.keys(graphs))('%s works', async (name) => {
    const graph = await testGraph(graphs[name] ?? []);
    const query = queries[name] ?? '';
    const truth = await graph.truth(query, {}, nothingFails);
    const subgraphs = graph.subgraphs(nothingFails);
    const own = await graph.own(query, {}, subgraphs);
    const stock = await graph.stock(query, {}, subgraphs);
    expect(own.errors).toEqual([]);
    expect(truth.errors).toBeUndefined();
    expect(own.dataJson).toBe(JSON.stringify(truth.data));
    expect(stock.dataJson).toBe(JSON.stringify(truth.data));
    expect(own.calls.length).toBeGreaterThan(2);
  });
});
