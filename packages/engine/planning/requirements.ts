import {
  Kind,
  isAbstractType,
  isInterfaceType,
  print,
  type DirectiveNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { directivesOf, parseFieldSet, textArgument } from './added-names.ts';
import { fieldInSubgraphsOf, type FieldInSubgraphs } from './fields-in-subgraphs.ts';

/** What subgraphs `@requires` of each other. */
export type Requirements = {
  readonly supergraph: GraphQLSchema;
  /** What a field requires; of an abstract type, what it requires of any of its objects. */
  readonly requiredBy: (typeName: string, field: string) => readonly SelectionSetNode[];
  /** What fields of interface objects require, by `Interface.field`; nothing, of most of them. */
  readonly ofInterfaceObjects: ReadonlyMap<string, readonly SelectionSetNode[]>;
  /** A key of one leaf, by the interface; of those that objects stand for in some subgraph. */
  readonly interfaceObjectKeys: ReadonlyMap<string, string>;
  /** The names of all fields that require something. */
  readonly fieldNames: ReadonlySet<string>;
  /** Whether any of them has arguments. Without, no two of them can be at odds. */
  readonly haveArguments: boolean;
  readonly inSubgraphs: FieldInSubgraphs;
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
  const ofInterfaceObjects = new Map(
    interfaceObjectFields(supergraph).map((field) => [field, requirements.get(field) ?? []]),
  );
  const interfaceObjectKeys = interfaceObjectKeysOf(supergraph);
  return {
    supergraph,
    requiredBy,
    ofInterfaceObjects,
    interfaceObjectKeys,
    fieldNames,
    haveArguments,
    inSubgraphs: fieldInSubgraphsOf(supergraph),
  };
};

/** By `Interface.field`. */
const interfaceObjectFields = (supergraph: GraphQLSchema): readonly string[] =>
  Object.values(supergraph.getTypeMap())
    .filter(isInterfaceType)
    .flatMap((type) => {
      const graphs = directivesOf([type.astNode], 'join__type')
        .filter((directive) => argumentOf(directive, 'isInterfaceObject') === 'true')
        .map((directive) => argumentOf(directive, 'graph'));
      return Object.values(type.getFields())
        .filter(({ astNode }) =>
          directivesOf([astNode], 'join__field').some(
            (directive) =>
              graphs.includes(argumentOf(directive, 'graph')) && argumentOf(directive, 'external') !== 'true',
          ),
        )
        .map(({ name }) => `${type.name}.${name}`);
    });

const interfaceObjectKeysOf = (supergraph: GraphQLSchema): ReadonlyMap<string, string> =>
  new Map(
    Object.values(supergraph.getTypeMap())
      .filter(isInterfaceType)
      .flatMap((type) => {
        const directives = directivesOf([type.astNode], 'join__type');
        const isStoodFor = directives.some(
          (directive) => argumentOf(directive, 'isInterfaceObject') === 'true',
        );
        const key = directives
          .map((directive) => textArgument(directive, 'key') ?? '')
          .find((text) => /^\w+$/.test(text));
        return isStoodFor && key !== undefined ? [[type.name, key] as const] : [];
      }),
  );

const argumentOf = (directive: DirectiveNode, name: string): string | undefined => {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value && print(value);
};

const hasArguments = ({ selections }: SelectionSetNode): boolean =>
  selections.some(
    (selection) =>
      (selection.kind === Kind.FIELD && (selection.arguments ?? []).length > 0) ||
      (selection.kind !== Kind.FRAGMENT_SPREAD &&
        selection.selectionSet !== undefined &&
        hasArguments(selection.selectionSet)),
  );
