/** What one directive demands of a client. */
export type Requirement = {
  readonly kind: 'authenticated' | 'scopes' | 'policies';
  /** One of these, and of it every name. Without any, nobody will do. Empty for `authenticated`. */
  readonly anyOf: readonly (readonly string[])[];
  /** Equal for equal demands, in every supergraph. */
  readonly key: string;
};

export const authenticated: Requirement = { kind: 'authenticated', anyOf: [], key: 'authenticated' };

/** A demand of names; their order and repetition mean nothing. */
export const namesRequired = (
  kind: 'scopes' | 'policies',
  anyOf: readonly (readonly string[])[],
): Requirement => {
  const sorted = anyOf
    .map((names) => [...new Set(names)].sort())
    .sort((a, b) => (String(a) < String(b) ? -1 : 1));
  return { kind, anyOf: sorted, key: `${kind} ${JSON.stringify(sorted)}` };
};

/** What a client has shown of itself, policies asked. */
export type Rights = {
  readonly isAuthenticated: boolean;
  readonly scopes: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
};

export const isMet = ({ kind, anyOf }: Requirement, rights: Rights): boolean => {
  if (kind === 'authenticated') return rights.isAuthenticated;
  const held = rights[kind];
  return anyOf.some((names) => names.every((name) => held.has(name)));
};
