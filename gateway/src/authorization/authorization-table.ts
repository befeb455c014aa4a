import {
  Kind,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  parse,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type DocumentNode,
} from 'graphql';
import { linkedFeatures } from './linked-features.ts';
import { authenticated, namesRequired, type Requirement } from './requirement.ts';

/** What a supergraph demands of those who read it. All demands of a place must be met. */
export type AuthorizationTable = {
  readonly ofType: (type: string) => readonly Requirement[];
  /** The field's own; its type and its parent may have more. */
  readonly ofField: (type: string, field: string) => readonly Requirement[];
  readonly isEmpty: boolean;
};

/**
 * Reads `@authenticated`, `@requiresScopes` and `@policy` from a supergraph, whatever names they were imported by: of fields,
 * objects, interfaces, scalars and enums. A list of names that cannot be read is one that nobody meets.
 *
 * Nothing is passed on from interfaces to objects or back: composition writes to each what holds for it.
 *
 * @param supergraph composed; the API schema no longer has the directives.
 * @see https://specs.apollo.dev/authenticated/v0.1, requiresScopes/v0.1, policy/v0.1
 */
export const readAuthorizationTable = (supergraph: string | DocumentNode): AuthorizationTable => {
  const document = typeof supergraph === 'string' ? parse(supergraph, { noLocation: true }) : supergraph;
  const types = new Map<string, readonly Requirement[]>();
  const fields = new Map<string, readonly Requirement[]>();
  const read = requirementReader(document);
  const add = (
    table: Map<string, readonly Requirement[]>,
    coordinate: string,
    { directives = [] }: { readonly directives?: readonly ConstDirectiveNode[] | undefined },
  ): void => {
    const found = directives.flatMap(read);
    if (found.length > 0) table.set(coordinate, [...(table.get(coordinate) ?? []), ...found]);
  };
  for (const definition of document.definitions) {
    if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) continue;
    const type = definition.name.value;
    add(types, type, definition);
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      if (field.kind === Kind.FIELD_DEFINITION) add(fields, `${type}.${field.name.value}`, field);
    }
  }
  return {
    ofType: (type) => types.get(type) ?? none,
    ofField: (type, field) => fields.get(`${type}.${field}`) ?? none,
    isEmpty: types.size + fields.size === 0,
  };
};

const none: readonly Requirement[] = [];

const requirementReader = (
  document: DocumentNode,
): ((directive: ConstDirectiveNode) => readonly Requirement[]) => {
  const readers = new Map<string, (directive: ConstDirectiveNode) => Requirement>();
  for (const { identity, directiveName } of linkedFeatures(document)) {
    if (identity === 'https://specs.apollo.dev/authenticated') {
      readers.set(directiveName('authenticated'), () => authenticated);
    } else if (identity === 'https://specs.apollo.dev/requiresScopes') {
      readers.set(directiveName('requiresScopes'), (directive) =>
        namesRequired('scopes', namesIn(directive, 'scopes')),
      );
    } else if (identity === 'https://specs.apollo.dev/policy') {
      readers.set(directiveName('policy'), (directive) =>
        namesRequired('policies', namesIn(directive, 'policies')),
      );
    }
  }
  return (directive) => {
    const reader = readers.get(directive.name.value);
    return reader === undefined ? none : [reader(directive)];
  };
};

const namesIn = (directive: ConstDirectiveNode, name: string): readonly (readonly string[])[] => {
  const argument = directive.arguments?.find((each) => each.name.value === name);
  const value: unknown = argument && valueFromASTUntyped(argument.value);
  const isNames = (names: unknown): names is string[] =>
    Array.isArray(names) && names.every((each) => typeof each === 'string');
  return Array.isArray(value) && value.every(isNames) ? value : [];
};
