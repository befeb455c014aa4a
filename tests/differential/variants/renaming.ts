import type { DocumentNode } from 'graphql';
import { renamed, responseKeysOf, type Variant } from './variant.ts';

/** Every response key is one that nobody else uses. */
export const withFreshAliases = (document: DocumentNode): Variant => {
  const keys = responseKeysOf(document);
  return exchanged(document, new Map(keys.map((key, index) => [key, `fresh${index}`])));
};

/** Every field has an alias of its own, also where two stand for the same. Objects that were merged no longer are. */
export const withOwnAliases = (document: DocumentNode): Variant => {
  const before = new Map<string, string>();
  return {
    document: renamed(document, (key) => {
      const name = `own${before.size}`;
      before.set(name, key);
      return name;
    }),
    keyBefore: (key) => before.get(key) ?? key,
  };
};

/** Every response key is that of the next field. */
export const withRotatedKeys = (document: DocumentNode): Variant => {
  const keys = responseKeysOf(document);
  return exchanged(
    document,
    new Map(keys.map((key, index) => [key, keys[(index + 1) % keys.length] ?? key])),
  );
};

/** Fields are called like the ones that the planner asks for on its own account. */
export const withTrustedNames =
  (trusted: readonly string[], shift: number) =>
  (document: DocumentNode): Variant => {
    const keys = responseKeysOf(document);
    const names = new Map<string, string>();
    const taken = new Set<string>();
    const offered = trusted.map((_, index) => trusted[(index + shift) % trusted.length] ?? '');
    for (const key of keys) {
      const name = offered.find((each) => !taken.has(each) && each !== key) ?? `fresh${taken.size}`;
      names.set(key, name);
      taken.add(name);
    }
    return exchanged(document, names);
  };

const exchanged = (document: DocumentNode, names: ReadonlyMap<string, string>): Variant => {
  const before = new Map([...names].map(([from, to]) => [to, from]));
  return {
    document: renamed(document, (key) => names.get(key) ?? key),
    keyBefore: (key) => before.get(key) ?? key,
  };
};
