import { parse } from 'graphql';
import type { GatewayAnswer, Variables } from '../gateways/answer.ts';
import type { RandomQuestion } from '../random/random-questions.ts';
import type { TestGraph } from '../test-graph.ts';
import { nothingFails } from '../world/world.ts';
import { classOf } from './stock-mistakes.ts';
import type { Tally } from './tally.ts';

/**
 * Asks our gateway, stock and the truth while nothing fails.
 *
 * @returns every difference that is not allowed, in words.
 */
export const judgeHealthy = async (
  graph: TestGraph,
  { query, variables }: RandomQuestion,
  seen: Tally,
): Promise<readonly string[]> => {
  const subgraphs = graph.subgraphs(nothingFails);
  const truth = await graph.truth(query, variables, nothingFails);
  const expected = JSON.stringify(truth.data);
  const own = await graph.own(query, variables, subgraphs);
  const stock = await graph.stock(query, variables, subgraphs).catch(() => undefined);
  seen.count('operations');
  seen.count('calls of ours', own.calls.length);
  seen.count('calls of stock', stock?.calls.length ?? 0);

  const wrong: string[] = [];
  if (truth.errors !== undefined) wrong.push(`the truth fails: ${String(truth.errors[0])}`);
  if (own.dataJson !== expected) wrong.push(`ours is not the truth:\n${own.dataJson}\n${expected}`);
  for (const { message, path } of own.errors) wrong.push(`ours has an error at ${path}: ${message}`);
  if (own.hasProblems) wrong.push('ours has problems');
  if (stock?.dataJson !== expected) {
    const mistake = await stockMistakeOf(graph, { query, variables });
    seen.count(`mistake of stock: ${mistake ?? 'unexplained'}`);
    if (mistake === undefined)
      wrong.push(`stock is wrong, nobody knows why:\n${stock?.dataJson}\n${expected}`);
  } else if (own.calls.length > stock.calls.length && isForgetful(graph, own, stock)) {
    seen.count('calls that stock forgets');
  } else if (own.calls.length > stock.calls.length) {
    wrong.push(
      [
        'ours makes more calls than stock',
        ...own.calls.map(callText),
        'and stock',
        ...stock.calls.map(callText),
      ].join('\n'),
    );
  }
  return wrong;
};

/**
 * Whether all that ours asks beyond stock are fields with requirements. Stock drops them silently when the planner demands what
 * another field requires, which is not there; it shows in the calls alone when the right answer happens to be null.
 */
const isForgetful = ({ requiring }: TestGraph, own: GatewayAnswer, stock: GatewayAnswer): boolean => {
  const mentions = ({ calls }: GatewayAnswer, name: string): number =>
    calls.filter(({ query }) => new RegExp(`\\b${name}\\b`).test(query)).length;
  const forgotten = requiring.map((name) => Math.max(0, mentions(own, name) - mentions(stock, name)));
  return forgotten.reduce((sum, count) => sum + count, 0) >= own.calls.length - stock.calls.length;
};

/** The class of what stock answers wrong while nothing fails; undefined also when it answers right. */
export const stockMistakeOf = async (
  graph: TestGraph,
  { query, variables }: RandomQuestion,
): Promise<string | undefined> => {
  const subgraphs = graph.subgraphs(nothingFails);
  const askStock = async (text: string, given: Variables): Promise<string | undefined> =>
    graph.stock(text, given, subgraphs).then(
      ({ dataJson }) => dataJson,
      () => undefined,
    );
  const askTruth = async (text: string, given: Variables): Promise<string> =>
    JSON.stringify((await graph.truth(text, given, nothingFails)).data);
  const [stock, truth] = [await askStock(query, variables), await askTruth(query, variables)];
  if (stock === truth) return undefined;
  const { requiring } = graph;
  const document = parse(query, { noLocation: true });
  return classOf({ document, variables, stock, truth, requiring, askTruth, askStock });
};

const callText = ({ service, query, variables }: GatewayAnswer['calls'][number]): string =>
  `${service} ${query} ${JSON.stringify(variables)}`;
