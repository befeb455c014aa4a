import { parse } from 'graphql';
import type { GatewayAnswer, Variables } from '../gateways/answer.ts';
import { failingFields, failingSubgraphs, type Failures } from '../random/failures.ts';
import type { RandomQuestion } from '../random/random-questions.ts';
import type { TestGraph } from '../test-graph.ts';
import { errorDifferences } from './error-differences.ts';
import { isPartOf, isSameData } from './same-data.ts';
import { classOf } from './stock-mistakes.ts';
import type { Tally } from './tally.ts';

/**
 * Asks our gateway, stock and the truth while something fails. Fields that may be null fail alike everywhere; of other failures
 * the truth knows nothing, but whatever is answered must be a part of it, and nothing may be missing without a word.
 *
 * @returns every difference that is not allowed, in words.
 */
export const judgeFailing = async (
  graph: TestGraph,
  { query, variables }: RandomQuestion,
  failures: Failures,
  seen: Tally,
): Promise<readonly string[]> => {
  const { kind } = failures;
  const fails = failingFields(failures);
  const subgraphs = failingSubgraphs(failures, graph.subgraphs(fails));
  const truth = await graph.truth(query, variables, fails);
  const expected = JSON.stringify(truth.data);
  const own = await graph.own(query, variables, subgraphs);
  const askStock = async (text: string, given: Variables): Promise<GatewayAnswer | undefined> =>
    graph.stock(text, given, subgraphs).catch(() => undefined);
  const stock = await askStock(query, variables);
  seen.count('operations');
  seen.count(`operations with ${kind} failing`);

  const wrong = [...againstTruth(own, { kind, expected, isFailing: truth.errors !== undefined }, seen)];
  if (stock !== undefined && isSameData(own.dataJson, stock.dataJson)) {
    const { unexplained, allowed } = errorDifferences(own, stock);
    for (const name of allowed) seen.count(`errors: ${name}`);
    wrong.push(...unexplained);
    return wrong;
  }
  const mistake = await classOf({
    document: parse(query, { noLocation: true }),
    variables,
    stock: stock?.dataJson,
    truth: own.dataJson ?? '',
    requiring: graph.requiring,
    askTruth: async (text, given) => (await graph.own(text, given, subgraphs)).dataJson,
    askStock: async (text, given) => (await askStock(text, given))?.dataJson,
  });
  seen.count(`mistake of stock: ${mistake ?? 'unexplained'}`);
  if (mistake === undefined)
    wrong.push(`stock differs, nobody knows why:\n${stock?.dataJson}\n${own.dataJson}`);
  return wrong;
};

type Expectation = {
  readonly kind: Failures['kind'];
  readonly expected: string;
  readonly isFailing: boolean;
};

const againstTruth = (
  own: GatewayAnswer,
  { kind, expected, isFailing }: Expectation,
  seen: Tally,
): readonly string[] => {
  // A wrong value may be what another is computed from: then both differ.
  if (kind === 'wrong types') return [];
  const wrong: string[] = [];
  const isSilent = own.errors.length === 0 && !own.hasProblems;
  if (!isPartOf(JSON.parse(own.dataJson ?? 'null'), JSON.parse(expected))) {
    wrong.push(`ours is no part of the truth:\n${own.dataJson}\n${expected}`);
  }
  if (own.dataJson !== expected && isSilent)
    wrong.push(`ours lacks something without a word:\n${own.dataJson}\n${expected}`);
  if (kind !== 'fields') return wrong;
  if (own.dataJson !== expected) wrong.push(`ours is not the truth:\n${own.dataJson}\n${expected}`);
  if (isFailing && isSilent) wrong.push('ours says nothing of a failure');
  // The truth computes from null what our gateway had to ask a subgraph for, and heard why it is null.
  if (!isFailing && !isSilent) seen.count('errors: of what was required');
  return wrong;
};
