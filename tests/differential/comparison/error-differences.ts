import type { AnswerError, GatewayAnswer } from '../gateways/answer.ts';
import { identifying } from '../random/failures.ts';
import { canonical } from '../world/hash.ts';

type Pair = {
  readonly own: readonly AnswerError[];
  readonly stock: readonly AnswerError[];
  /** Subgraphs that ours had to call less often. */
  readonly spared: readonly string[];
  /** Whether ours asked about an entity that stock forgot. */
  readonly isForgotten: boolean;
  /** Fields that are asked for on account of others. */
  readonly trusted: readonly string[];
};

/** A way in which our errors may differ from stock's although the data is the same. */
type ErrorDifferenceClass = {
  readonly name: string;
  readonly why: string;
  /** Takes the difference away; whatever is still different needs another class. */
  readonly level: (pair: Pair) => Pair;
};

export const errorDifferenceClasses: readonly ErrorDifferenceClass[] = [
  {
    name: 'calls that were not needed',
    why: 'A call that brings nothing the client asked for cannot fail when it is not made.',
    level: (pair) =>
      pair.spared.length === 0
        ? pair
        : { ...pair, stock: pair.stock.filter((error) => isIn(pair.own, error)) },
  },
  {
    name: 'entities that stock forgets',
    why: 'What a field requires is missing, so stock does not ask for other fields either, and does not hear that they fail.',
    level: (pair) =>
      pair.isForgotten ? { ...pair, own: pair.own.filter((error) => isIn(pair.stock, error)) } : pair,
  },
  {
    name: 'fields that others require',
    why: 'Ours asks all objects of an interface for what some of them need; when that fails it says so.',
    level: (pair) => ({
      ...pair,
      own: pair.own.filter(
        (error) =>
          isIn(pair.stock, error) || !pair.trusted.some((name) => error.message.startsWith(`${name} of `)),
      ),
    }),
  },
  {
    name: 'places of failed calls',
    why: 'Stock tells that a call failed without saying where; ours has an error at each place, and a code.',
    level: (pair) => both(pair, (error) => (isCall(error) ? { ...error, path: '', code: '' } : error)),
  },
  {
    name: 'places of entities',
    why: 'Stock counts representations where it should count places, and leaves `@` and `_entities` in paths; ours names every place.',
    level: (pair) => both(pair, (error) => ({ ...error, path: '' })),
  },
  {
    name: 'entities that cannot be found',
    why: 'Stock asks a subgraph about entities without a key, or by a type that the subgraph does not know; ours does not.',
    level: (pair) => ({ ...pair, stock: pair.stock.filter((error) => !isUnfindable(error)) }),
  },
  {
    name: 'refused fetches',
    why: 'Names of the client and of the planner conflict in a fetch of stock, which a subgraph refuses; ours runs it.',
    level: (pair) =>
      pair.stock.some(isConflict)
        ? {
            ...pair,
            own: pair.own.filter((error) => isIn(pair.stock, error)),
            stock: pair.stock.filter((error) => !isConflict(error)),
          }
        : pair,
  },
];

const both = (pair: Pair, change: (error: AnswerError) => AnswerError): Pair => ({
  ...pair,
  own: unique(pair.own.map(change)),
  stock: unique(pair.stock.map(change)),
});

const isIn = (errors: readonly AnswerError[], { message }: AnswerError): boolean =>
  errors.some((each) => each.message === message);

const isConflict = ({ message }: AnswerError): boolean => message.includes('conflict because');

const isUnfindable = ({ message }: AnswerError): boolean =>
  /^(no key in \{|The _entities resolver tried to load an entity for type)/.test(message);

const isCall = ({ message }: AnswerError): boolean => message.endsWith(' is down');

/** Holds our errors against stock's, by message, path and code. */
export const errorDifferences = (
  own: GatewayAnswer,
  stock: GatewayAnswer,
  trusted: readonly string[],
): { readonly unexplained: readonly string[]; readonly allowed: readonly string[] } => {
  const spared = stock.calls
    .map(({ service }) => service)
    .filter((service) => callsOf(own, service) < callsOf(stock, service));
  let pair: Pair = {
    own: own.errors,
    stock: stock.errors,
    spared,
    isForgotten: forgets(own, stock),
    trusted,
  };
  const allowed: string[] = [];
  for (const { name, level } of errorDifferenceClasses) {
    if (isSame(pair)) break;
    const next = level(pair);
    if (textOf(next.own) !== textOf(pair.own) || textOf(next.stock) !== textOf(pair.stock))
      allowed.push(name);
    pair = next;
  }
  if (isSame(pair)) return { unexplained: [], allowed };
  return {
    unexplained: [`errors differ:\nours  ${textOf(own.errors)}\nstock ${textOf(stock.errors)}`],
    allowed,
  };
};

/** Whether ours told a subgraph of an entity that stock did not. */
const forgets = (own: GatewayAnswer, stock: GatewayAnswer): boolean => {
  const told = new Set(toldBy(stock));
  return toldBy(own).some((entity) => !told.has(entity));
};

const toldBy = ({ calls }: GatewayAnswer): readonly string[] =>
  calls.flatMap(({ service, variables: { representations } }) =>
    Array.isArray(representations)
      ? representations.map((each: object) => `${service} ${canonical(identifying(each))}`)
      : [],
  );

const callsOf = ({ calls }: GatewayAnswer, service: string): number =>
  calls.filter((call) => call.service === service).length;

const isSame = ({ own, stock }: Pair): boolean => textOf(own) === textOf(stock);

const textOf = (errors: readonly AnswerError[]): string =>
  errors
    .map(({ message, path, code }) => `${message} | ${path ?? ''} | ${code ?? ''}`)
    .toSorted()
    .join('\n');

const unique = (errors: readonly AnswerError[]): readonly AnswerError[] => [
  ...new Map(errors.map((error) => [textOf([error]), error])).values(),
];
