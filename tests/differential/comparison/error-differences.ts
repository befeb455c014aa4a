import type { AnswerError, GatewayAnswer } from '../gateways/answer.ts';

type Pair = {
  readonly own: readonly AnswerError[];
  readonly stock: readonly AnswerError[];
  /** Subgraphs that stock called and ours did not have to. */
  readonly spared: readonly string[];
};

/** A way in which our errors may differ from stock's although the data is the same. */
type ErrorDifferenceClass = {
  readonly name: string;
  readonly why: string;
  /** Takes the difference away; whatever is still different needs another class. */
  readonly level: (errors: readonly AnswerError[], pair: Pair) => readonly AnswerError[];
  readonly isAbout: (pair: Pair) => boolean;
};

export const errorDifferenceClasses: readonly ErrorDifferenceClass[] = [
  {
    name: 'calls that were not needed',
    why: 'A call that brings nothing the client asked for cannot fail when it is not made.',
    level: (errors, { spared }) =>
      errors.filter(({ message }) => !spared.some((service) => message === `${service} is down`)),
    isAbout: ({ spared }) => spared.length > 0,
  },
  {
    name: 'places of failed calls',
    why: 'Stock tells that a call failed without saying where; ours has an error at each place, and a code.',
    level: (errors) =>
      unique(errors.map((error) => (isCall(error) ? { ...error, path: '', code: '' } : error))),
    isAbout: ({ own, stock }) => [...own, ...stock].some(isCall),
  },
  {
    name: 'places of entities',
    why: 'Stock counts representations where it should count places, and leaves `@` and `_entities` in paths; ours names every place.',
    level: (errors) => unique(errors.map((error) => ({ ...error, path: '' }))),
    isAbout: () => true,
  },
  {
    name: 'refused fetches',
    why: 'Names of the client and of the planner conflict in a fetch of stock, which a subgraph refuses; ours keeps them apart.',
    level: (errors) => errors.filter(({ message }) => !message.includes('conflict because')),
    isAbout: ({ stock }) => stock.some(({ message }) => message.includes('conflict because')),
  },
  {
    name: 'entities that cannot be found',
    why: 'Stock asks a subgraph about entities without a key, or by a type that the subgraph does not know; ours does not.',
    level: (errors) => errors.filter((error) => !isUnfindable(error)),
    isAbout: ({ stock }) => stock.some(isUnfindable),
  },
];

const isUnfindable = ({ message }: AnswerError): boolean =>
  /^(no key in \{|The _entities resolver tried to load an entity for type)/.test(message);

const isCall = ({ message }: AnswerError): boolean => / is down$/.test(message);

/** Holds our errors against stock's, by message, path and code. */
export const errorDifferences = (
  own: GatewayAnswer,
  stock: GatewayAnswer,
): { readonly unexplained: readonly string[]; readonly allowed: readonly string[] } => {
  const called = new Set(own.calls.map(({ service }) => service));
  const spared = stock.calls.map(({ service }) => service).filter((service) => !called.has(service));
  let pair: Pair = { own: own.errors, stock: stock.errors, spared };
  const allowed: string[] = [];
  for (const { name, level, isAbout } of errorDifferenceClasses) {
    if (isSame(pair)) break;
    if (!isAbout(pair)) continue;
    const next = { own: level(pair.own, pair), stock: level(pair.stock, pair), spared };
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

const isSame = ({ own, stock }: Pair): boolean => textOf(own) === textOf(stock);

const textOf = (errors: readonly AnswerError[]): string =>
  errors
    .map(({ message, path, code }) => `${message} | ${path ?? ''} | ${code ?? ''}`)
    .toSorted()
    .join('\n');

const unique = (errors: readonly AnswerError[]): readonly AnswerError[] => [
  ...new Map(errors.map((error) => [textOf([error]), error])).values(),
];
