import type { ConditionValues } from './planning-conditions.ts';
import type { ResponsePath } from '../plan/cursor.ts';

/** How the planned document's private names map back to the client's. Plain data. */
export type Restore = {
  /** What private names begin with, and no name of the client does. */
  readonly prefix: string;
  /** The client's response keys that were replaced. */
  readonly keys: ReadonlySet<string>;
  /** The client's variables that were replaced. */
  readonly variables: ReadonlySet<string>;
  /** The conditions under which the plan is right, when it is not for all. */
  readonly conditionValues?: ConditionValues | undefined;
};

/** The key under which the data of a field stands that the client wants under `key`. */
export const dataKeyOf = (restore: Restore | undefined, key: string): string =>
  restore?.keys.has(key) ? restore.prefix + key : key;

/** A path in the data as a path in the response. */
export const restorePath = (restore: Restore | undefined, path: ResponsePath): ResponsePath =>
  restore === undefined
    ? path
    : path.map((element) =>
        typeof element === 'string' ? withoutPrefix(restore.prefix, element, restore.keys) : element,
      );

/** The variables of a request by the names of the planned document. */
export const privateVariables = (
  restore: Restore | undefined,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  if (restore === undefined || restore.variables.size === 0) return variables;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      restore.variables.has(name) ? restore.prefix + name : name,
      value,
    ]),
  );
};

/** The client's name for a variable of the planned document. */
export const clientVariable = (restore: Restore | undefined, name: string): string =>
  restore === undefined ? name : withoutPrefix(restore.prefix, name, restore.variables);

const withoutPrefix = (prefix: string, name: string, replaced: ReadonlySet<string>): string => {
  const original = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return replaced.has(original) ? original : name;
};
