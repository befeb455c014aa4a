import {
  Kind,
  OperationTypeNode,
  parse,
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';

type ComposedType = {
  readonly name: string;
  readonly isEntity: boolean;
  /** The subgraph that resolves most of its fields; the others only refer to it or add to it. */
  readonly home: string;
  readonly fields: readonly { readonly node: FieldDefinitionNode; readonly graphs: readonly string[] }[];
};

/**
 * Finds the fields that would make one subgraph's failure destroy another's answer; an empty list is a clean bill.
 *
 * Must be nullable: every root field of Query and Mutation (one failing root field would null the whole answer); a
 * field of one subgraph that leads to another's entity, with the items of a list of such; and a field that a subgraph
 * adds to another's entity. Fields of `Subscription` are left alone: an event without its field is no event.
 *
 * @see GraphQL specification (October 2021), section 6.4.4 "Handling Field Errors".
 */
export const nullabilityProblems = (supergraphSdl: string): readonly string[] => {
  const document = parse(supergraphSdl, { noLocation: true });
  const types = new Map<string, ComposedType>();
  const members = new Map<string, string[]>();
  const roots = new Set(['Query', 'Mutation']);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.SCHEMA_DEFINITION) {
      for (const { operation, type } of definition.operationTypes) {
        if (operation !== OperationTypeNode.SUBSCRIPTION) roots.add(type.name.value);
      }
    } else if (
      definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
      definition.kind === Kind.INTERFACE_TYPE_DEFINITION
    ) {
      types.set(definition.name.value, composedType(definition));
      for (const { name } of definition.interfaces ?? []) {
        members.set(name.value, [...(members.get(name.value) ?? []), definition.name.value]);
      }
    } else if (definition.kind === Kind.UNION_TYPE_DEFINITION) {
      const names = (definition.types ?? []).map(({ name }) => name.value);
      members.set(definition.name.value, names);
    }
  }
  const foreignEntity = (name: string, graph: string): string | undefined =>
    [name, ...(members.get(name) ?? [])].find((each) => {
      const type = types.get(each);
      return type !== undefined && type.isEntity && type.home !== graph;
    });
  return [...types.values()].flatMap((type) =>
    roots.has(type.name) ? rootProblems(type) : fieldProblems(type, foreignEntity),
  );
};

const rootProblems = ({ name, fields }: ComposedType): readonly string[] =>
  fields
    .filter(({ node }) => node.type.kind === Kind.NON_NULL_TYPE)
    .map(({ node }) => `${name}.${node.name.value}: a root field must be nullable.`);

const fieldProblems = (
  type: ComposedType,
  foreignEntity: (name: string, graph: string) => string | undefined,
): readonly string[] =>
  type.fields.flatMap(({ node, graphs }) => {
    const field = `${type.name}.${node.name.value}`;
    if (type.isEntity && !graphs.includes(type.home) && node.type.kind === Kind.NON_NULL_TYPE) {
      return [`${field}: ${graphs.join(', ')} adds it to a type of ${type.home}, so it must be nullable.`];
    }
    for (const graph of graphs) {
      const entity = foreignEntity(namedType(node.type), graph);
      if (entity === undefined || !isNonNullAnywhere(node.type)) continue;
      return [
        `${field}: it leads from ${graph} to ${entity}, an entity of another subgraph, so it and its items must be nullable.`,
      ];
    }
    return [];
  });

const composedType = (definition: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode): ComposedType => {
  const joins = argumentsOf(definition.directives, 'join__type');
  const graphs = unique(joins.map((join) => join['graph'] ?? ''));
  const keys = joins.map((join) => join['key']).filter((key) => key !== undefined);
  const keyFields = new Set(keys.flatMap((key) => key.match(/\w+/g) ?? []));
  const fields = (definition.fields ?? []).map((node) => ({ node, graphs: graphsOf(node, graphs) }));
  const owned = (graph: string): number =>
    fields.filter((field) => field.graphs.includes(graph) && !keyFields.has(field.node.name.value)).length;
  const home = graphs.toSorted((a, b) => owned(b) - owned(a) || (a < b ? -1 : 1))[0] ?? '';
  return { name: definition.name.value, isEntity: keys.length > 0, home, fields };
};

/** The subgraphs that resolve a field. Without `@join__field` it is all that have the type. */
const graphsOf = (field: FieldDefinitionNode, all: readonly string[]): readonly string[] => {
  const joins = argumentsOf(field.directives, 'join__field').filter((join) => join['external'] !== 'true');
  const graphs = joins.map((join) => join['graph']).filter((graph) => graph !== undefined);
  return graphs.length > 0 ? unique(graphs) : all;
};

const argumentsOf = (directives: readonly ConstDirectiveNode[] | undefined, name: string) =>
  (directives ?? [])
    .filter((directive) => directive.name.value === name)
    .map((directive): Readonly<Record<string, string>> =>
      Object.fromEntries(
        (directive.arguments ?? []).map(({ name: argument, value }) => [
          argument.value,
          'value' in value ? String(value.value) : '',
        ]),
      ),
    );

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);

const isNonNullAnywhere = (type: TypeNode): boolean => {
  if (type.kind === Kind.NON_NULL_TYPE) return true;
  return type.kind === Kind.LIST_TYPE && isNonNullAnywhere(type.type);
};
