import { addUpTo, multiplyUpTo } from './operation-limits.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** A number that may depend on a request's variables. */
export type Size = number | ((variables: Variables) => number);

/** A cost, with what does not depend on variables already added up. */
export type Cost = {
  readonly fixed: number;
  readonly varying: readonly ((variables: Variables) => number)[];
};

const NOTHING: Cost = { fixed: 0, varying: [] };

export const constant = (fixed: number): Cost =>
  fixed === 0 ? NOTHING : { fixed, varying: NOTHING.varying };

/** Never below 0: a schema may give negative weights, a saving that ends where there is nothing left to save. */
export const evaluate = ({ fixed, varying }: Cost, variables: Variables): number => {
  let sum = fixed;
  for (const each of varying) sum = addUpTo(sum, each(variables));
  return Math.max(sum, 0);
};

export const sumOf = (parts: readonly Cost[]): Cost => {
  let fixed = 0;
  const varying: ((variables: Variables) => number)[] = [];
  for (const part of parts) {
    fixed = addUpTo(fixed, part.fixed);
    for (const each of part.varying) varying.push(each);
  }
  return { fixed, varying };
};

/** `size` items of the cost `item`. */
export const times = (size: Size, item: Cost): Cost => {
  if (item.varying.length === 0 && typeof size === 'number') {
    return constant(multiplyUpTo(size, Math.max(item.fixed, 0)));
  }
  const sizeOf = typeof size === 'number' ? () => size : size;
  return { fixed: 0, varying: [(variables) => multiplyUpTo(sizeOf(variables), evaluate(item, variables))] };
};
