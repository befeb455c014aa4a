import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  composeSupergraph,
  loadSubgraphs,
  nullabilityProblems,
  subgraphsOf,
  type SubgraphSchema,
} from '@saas/gateway';

const root = join(import.meta.dirname, '..', '..');

/** Six compositions take a second; far more when the machine is busy with other suites. */
const COMPOSING_MS_MAX = 60_000;

const permutations = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item) =>
        permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
      );

describe('the supergraph', () => {
  let schemas: readonly SubgraphSchema[] = [];
  let committed = '';

  beforeAll(async () => {
    committed = await readFile(join(root, 'supergraph.graphql'), 'utf8');
    ({ schemas } = await loadSubgraphs(join(root, 'supergraph.yaml'), {}));
  });

  it(
    'is committed as supergraph.yaml composes to, whatever the order of the subgraphs',
    () => {
      const orders = permutations(schemas);
      expect(orders.length).toBeGreaterThanOrEqual(6);
      for (const order of orders) expect(composeSupergraph(order).supergraphSdl === committed).toBe(true);
    },
    COMPOSING_MS_MAX,
  );

  it('names every subgraph of supergraph.yaml with its routing URL', () => {
    expect(subgraphsOf(committed)).toEqual(
      schemas.map(({ name, routingUrl }) => ({ name, url: routingUrl })),
    );
  });

  it('keeps every root field and every cross-subgraph field nullable', () => {
    expect(nullabilityProblems(committed)).toEqual([]);
  });

  it(
    'is told apart from one that an edit would give',
    () => {
      const edited = schemas.map((schema) => ({ ...schema, sdl: `${schema.sdl}\nscalar Edited\n` }));
      expect(composeSupergraph(edited).supergraphSdl === committed).toBe(false);
    },
    COMPOSING_MS_MAX,
  );
});
