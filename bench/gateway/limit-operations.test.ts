import { describe, expect, it } from '@jest/globals';
import { graphWorld } from './graph-world.ts';
import { limitOperations } from './limit-operations.ts';
import { operations } from './operations.ts';
import { rightData } from './right-answers.ts';
import { subgraphAnswers } from './subgraph-answers.ts';
import { subgraphSchemas } from './subgraph-schemas.ts';

/** The subgraphs without HTTP, and how often they were asked. */
const directSubgraphs = () => {
  const world = graphWorld();
  const asked: string[] = [];
  const posts = new Map(
    Object.keys(subgraphSchemas).map((name) => {
      const answer = subgraphAnswers(name, world);
      return [
        name,
        (body: string) => {
          asked.push(name);
          return answer(body);
        },
      ];
    }),
  );
  return { posts, asked };
};

describe('limitOperations', () => {
  it.each(operations.map((operation) => [operation.name, operation] as const))(
    'answers "%s" as one schema with everything in it does',
    async (name, operation) => {
      const { posts } = directSubgraphs();
      const answer = await limitOperations[name]?.(posts, operation.variables);
      expect(JSON.parse(JSON.stringify(answer))).toEqual(await rightData(operation));
    },
  );

  it.each([
    ['small', 1],
    ['hop', 2],
    ['large', 11],
  ])('asks for "%s" in %d calls', async (name, calls) => {
    const { posts, asked } = directSubgraphs();
    const variables = operations.find((operation) => operation.name === name)?.variables ?? {};
    await limitOperations[name]?.(posts, variables);
    expect(asked).toHaveLength(calls);
  });
});

it.each([
  ['small', 150, 250],
  ['hop', 3_500, 4_500],
  ['large', 80_000, 90_000],
])('the answer of "%s" has between %d and %d bytes', async (name, least, most) => {
  const operation = operations.find((each) => each.name === name);
  const bytes = JSON.stringify(operation && (await rightData(operation))).length;
  expect(bytes).toBeGreaterThan(least);
  expect(bytes).toBeLessThan(most);
});
