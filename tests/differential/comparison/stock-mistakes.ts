import { parse, print, type DocumentNode } from 'graphql';
import type { Variables } from '../gateways/answer.ts';
import { withDecidedConditions, withoutFields } from '../variants/decided.ts';
import { withFreshAliases, withOwnAliases } from '../variants/renaming.ts';
import { withTypeNames } from '../variants/reshaping.ts';
import { answerBefore, type Variant } from '../variants/variant.ts';
import { isSameData } from './same-data.ts';

/** An operation that stock answered otherwise than the truth, which ours did not. */
export type StockMistake = {
  readonly document: DocumentNode;
  readonly variables: Variables;
  /** The text of the data; undefined when stock refused or failed. */
  readonly stock: string | undefined;
  readonly truth: string;
  /** The names of fields that require something of another subgraph. */
  readonly requiring: readonly string[];
  readonly askTruth: (query: string, variables: Variables) => Promise<string | undefined>;
  readonly askStock: (query: string, variables: Variables) => Promise<string | undefined>;
};

/**
 * Mistakes of stock that are known. Which one it is shows in the way out of it: asked a little differently, stock answers the truth.
 * A mistake without a class makes a suite fail: it is stock's, but nobody has understood it yet.
 */
export type StockMistakeClass = {
  readonly name: string;
  readonly why: string;
  readonly isIt: (mistake: StockMistake) => Promise<boolean>;
};

export const stockMistakes: readonly StockMistakeClass[] = [
  {
    name: 'order of keys',
    why: 'A field that is asked for again further down takes its place there, not where it stood first.',
    isIt: async ({ stock, truth }) => Promise.resolve(isSameData(stock, truth)),
  },
  {
    name: 'names of the client',
    why: 'The planner takes a field of the client for one of its own that has the same response key.',
    isIt: async (mistake) => isRightAs(mistake, withFreshAliases(mistake.document)),
  },
  {
    name: 'values that are falsy',
    why: 'Fields whose types cannot merge are renamed by the planner; stock gives only truthy values their names back.',
    isIt: async (mistake) => isRightAs(mistake, withOwnAliases(mistake.document)),
  },
  {
    name: 'lost fields',
    why: 'Fragments of objects whose type was not asked for are dropped; with `__typename` they are not.',
    isIt: async (mistake) => isRightAs(mistake, withTypeNames(mistake.document)),
  },
  {
    name: 'conditions',
    why: 'A condition of one field is taken for that of others in the same fetch, or empties an object that is then null.',
    isIt: async (mistake) => isRightAs(mistake, withDecidedConditions(mistake.document, mistake.variables)),
  },
  {
    name: 'requirements',
    why: 'What one field requires is demanded of all objects in the same fetch, and costs them the fields that need nothing.',
    isIt: async (mistake) => {
      const variant = withoutFields(mistake.document, mistake.requiring);
      const decided = withDecidedConditions(variant, mistake.variables);
      const query = print(decided.document);
      const stock = await mistake.askStock(query, mistake.variables);
      return stock !== undefined && isSameData(stock, await mistake.askTruth(query, mistake.variables));
    },
  },
  {
    name: 'several at once',
    why: 'With fresh names, types, and without conditions and requirements stock answers the truth; one of them is not enough.',
    isIt: async (mistake) => {
      if (await isRightAs(mistake, simplified(mistake))) return true;
      const document = withoutFields(mistake.document, mistake.requiring);
      const query = print(withDecidedConditions(document, mistake.variables).document);
      const truth = await mistake.askTruth(query, mistake.variables);
      if (truth === undefined) return false;
      const rest = { ...mistake, document: parse(query, { noLocation: true }), truth };
      return isRightAs(rest, simplified(rest));
    },
  },
];

/** Undefined when nobody knows why. */
export const classOf = async (mistake: StockMistake): Promise<string | undefined> => {
  for (const { name, isIt } of stockMistakes) if (await isIt(mistake)) return name;
  return undefined;
};

const isRightAs = async (
  { truth, variables, askStock }: StockMistake,
  variant: Variant,
): Promise<boolean> => {
  const answer = await askStock(print(variant.document), { ...variables, ...variant.variables });
  if (answer === undefined) return false;
  return isSameData(JSON.stringify(answerBefore(JSON.parse(answer), variant)), truth);
};

const simplified = ({ document, variables }: StockMistake): Variant => {
  const decided = withDecidedConditions(document, variables);
  const typed = withTypeNames(decided.document);
  const named = withFreshAliases(typed.document);
  return {
    document: named.document,
    keyBefore: (key) => {
      const before = named.keyBefore?.(key);
      const earlier = before === undefined ? undefined : typed.keyBefore?.(before);
      return earlier === undefined ? undefined : decided.keyBefore?.(earlier);
    },
  };
};
