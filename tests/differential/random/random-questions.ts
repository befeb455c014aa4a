import fc from 'fast-check';
import { parse, print, validate } from 'graphql';
import { randomOperations } from '@saas/engine/testing';
import type { TestGraph } from '../test-graph.ts';
import { inNamedFragments, withVariables } from '../variants/reshaping.ts';
import type { Variables } from '../gateways/answer.ts';

export type RandomQuestion = { readonly query: string; readonly variables: Variables };

const otherAliases = [
  'x',
  'constructor',
  '__proto__',
  'toString',
  'x__alias_0',
  '_entities',
  'representations',
];

/**
 * Valid operations over all of a graph: fragments with and without names, abstract types, arguments as literals and as variables,
 * conditions of both kinds; some with aliases that are names of keys and requirements.
 */
export const randomQuestions = (graph: TestGraph): fc.Arbitrary<RandomQuestion> => {
  const aliases = [...graph.trusted, ...otherAliases];
  const of = (depth: number) =>
    fc.oneof(
      ...[0, 25].map((aliased) => randomOperations(graph.api, { without: /^_/, aliased, aliases, depth })),
    );
  // Deep ones cost ten times as much as others.
  const operations = fc.oneof({ weight: 12, arbitrary: of(2) }, { weight: 1, arbitrary: of(3) });
  return fc
    .record({
      query: operations,
      variables: fc.record({ a: fc.boolean(), b: fc.boolean() }, { requiredKeys: ['a'] }),
      hasNamedFragments: fc.boolean(),
      hasVariables: fc.boolean(),
    })
    .filter(({ query }) => validate(graph.api, parse(query)).length === 0)
    .map(({ query, variables, hasNamedFragments, hasVariables }) => {
      const document = parse(query, { noLocation: true });
      const named = hasNamedFragments ? inNamedFragments(document, graph.api) : { document };
      const given = hasVariables ? withVariables(named.document, graph.api) : named;
      return { query: print(given.document), variables: { ...variables, ...given.variables } };
    });
};
