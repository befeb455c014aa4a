import { Kind, isAbstractType, isInterfaceType, type GraphQLSchema, type SelectionSetNode } from 'graphql';
import { directivesOf, parseFieldSet, textArgument } from './added-names.ts';

/** What subgraphs `@requires` of each other. */
export type Requirements = {
  readonly supergraph: GraphQLSchema;
  /** What a field requires; of an abstract type, what it requires of any of its objects. */
  readonly requiredBy: (typeName: string, field: string) => readonly SelectionSetNode[];
  /** What fields of interfaces require, by `Interface.field`: an interface object has them. */
  readonly onInterfaces: ReadonlyMap<string, readonly SelectionSetNode[]>;
  /** The names of all fields that require something. */
  readonly fieldNames: ReadonlySet<string>;
  /** Whether any of them has arguments. Without, no two of them can be at odds. */
  readonly haveArguments: boolean;
};

/** Reads them from the `@join__field` directives of a supergraph. */
export const requirementsOf = (supergraph: GraphQLSchema): Requirements => {
  const requirements = new Map<string, readonly SelectionSetNode[]>();
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!('getFields' in type)) continue;
    for (const { name, astNode } of Object.values(type.getFields())) {
      const texts = directivesOf([astNode], 'join__field')
        .map((directive) => textArgument(directive, 'requires'))
        .filter((text) => text !== undefined);
      if (texts.length > 0) requirements.set(`${type.name}.${name}`, texts.map(parseFieldSet));
    }
  }
  const haveArguments = [...requirements.values()].flat().some(hasArguments);
  const requiredBy = (typeName: string, field: string): readonly SelectionSetNode[] => {
    const type = supergraph.getType(typeName);
    const objects = isAbstractType(type) ? supergraph.getPossibleTypes(type) : [];
    return [typeName, ...objects.map(({ name }) => name)].flatMap(
      (name) => requirements.get(`${name}.${field}`) ?? [],
    );
  };
  const fieldNames = new Set([...requirements.keys()].map((coordinate) => coordinate.split('.')[1] ?? ''));
  const onInterfaces = new Map(
    [...requirements].filter(([coordinate]) =>
      isInterfaceType(supergraph.getType(coordinate.split('.')[0] ?? '')),
    ),
  );
  return { supergraph, requiredBy, onInterfaces, fieldNames, haveArguments };
};

const hasArguments = ({ selections }: SelectionSetNode): boolean =>
  selections.some(
    (selection) =>
      (selection.kind === Kind.FIELD && (selection.arguments ?? []).length > 0) ||
      (selection.kind !== Kind.FRAGMENT_SPREAD &&
        selection.selectionSet !== undefined &&
        hasArguments(selection.selectionSet)),
  );
