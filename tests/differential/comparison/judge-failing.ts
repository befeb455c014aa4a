import { parse } from 'graphql';
import type { GatewayAnswer, Variables } from '../gateways/answer.ts';
import { failingFields, failingSubgraphs, type Failures } from '../random/failures.ts';
import type { RandomQuestion } from '../random/random-questions.ts';
import type { TestGraph } from '../test-graph.ts';
import { stockMistakeOf } from './judge-healthy.ts';
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
    const { unexplained, allowed } = errorDifferences(own, stock, graph.trusted);
    for (const name of allowed) seen.count(`errors: ${name}`);
    wrong.push(...unexplained);
    return wrong;
  }
  if (stock !== undefined && failsElsewhere({ own, stock, expected, kind })) {
    seen.count('other fetches, other losses');
    return wrong;
  }
  const usual = await stockMistakeOf(graph, { query, variables });
  if (usual !== undefined) {
    seen.count(`mistake of stock, failures or not: ${usual}`);
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

/**
 * What is fetched together is lost together: of a field that may not be null, all that was asked of its object; of a call,
 * all that it would have brought. Where our fetches are not stock's, because of names, conditions or calls that are not needed,
 * a failure costs other fields. Both answers are part of the truth then, and neither is silent.
 */
const failsElsewhere = (answers: {
  readonly own: GatewayAnswer;
  readonly stock: GatewayAnswer;
  readonly expected: string;
  readonly kind: Failures['kind'];
}): boolean => {
  const { own, stock, expected, kind } = answers;
  if (kind === 'fields' || kind === 'wrong types') return false;
  const truth: unknown = JSON.parse(expected);
  return (
    own.errors.length > 0 &&
    stock.errors.length > 0 &&
    isPartOf(JSON.parse(stock.dataJson ?? 'null'), truth) &&
    fetchesOf(own) !== fetchesOf(stock)
  );
};

const fetchesOf = ({ calls }: GatewayAnswer): string =>
  calls
    .map(({ service, query }) => `${service} ${query}`)
    .toSorted()
    .join('\n');

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
