import {
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  parse,
  type ConstDirectiveNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { getNamedType, Kind } from 'graphql';

/** The schemas of a graph: of all subgraphs, of everything together, and what clients see. */
export type Schemas = {
  readonly subgraphs: ReadonlyMap<string, GraphQLSchema>;
  readonly supergraph: GraphQLSchema;
  readonly api: GraphQLSchema;
};

export type FieldFacts = {
  /** Its type in each subgraph that has it. A value has to suit them all. */
  readonly types: readonly GraphQLOutputType[];
  /** Object types that every subgraph with this field can answer; empty for leaves. */
  readonly concrete: readonly string[];
  /** Of an enum: values that every subgraph knows and clients see. */
  readonly values: readonly string[];
  readonly requires: SelectionSetNode | undefined;
  readonly isKey: boolean;
  readonly isNullable: boolean;
};

export type ReadFieldFacts = (typeName: string, fieldName: string) => FieldFacts;

/** What holds for a field of an object type over all subgraphs together. */
export const fieldFactsOf = (schemas: Schemas): ReadFieldFacts => {
  const known = new Map<string, FieldFacts>();
  return (typeName, fieldName) => {
    const name = `${typeName}.${fieldName}`;
    const facts = known.get(name) ?? readFacts(schemas, typeName, fieldName);
    known.set(name, facts);
    return facts;
  };
};

const readFacts = (schemas: Schemas, typeName: string, fieldName: string): FieldFacts => {
  const found = definitionsOf(schemas, typeName, fieldName);
  if (found.length === 0) throw new Error(`no subgraph has ${typeName}.${fieldName}`);
  const types = found.map(({ type }) => type);
  const [requires] = namesOf(schemas.supergraph, typeName).flatMap((name) => {
    const type = schemas.supergraph.getType(name);
    const node =
      isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName]?.astNode : undefined;
    return joins(node?.directives, 'join__field', 'requires').map(({ value }) => value);
  });
  return {
    types,
    concrete: common(found.map(({ schema, type }) => concreteTypes(schemas, schema, type))),
    values: common(found.map(({ type }) => enumValues(schemas.api, type))),
    requires: requires === undefined ? undefined : selectionSetOf(requires),
    isKey: keysOf(schemas, typeName).some((key) => topFields(key).includes(fieldName)),
    isNullable: !types.some((type) => String(type).endsWith('!')),
  };
};

/** Where a field is defined: on the type itself, or on what stands for one of its interfaces in a subgraph. */
const definitionsOf = ({ subgraphs, supergraph }: Schemas, typeName: string, fieldName: string) =>
  [...subgraphs.values()].flatMap((schema) =>
    namesOf(supergraph, typeName).flatMap((name) => {
      const type = schema.getType(name);
      const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
      return field === undefined ? [] : [{ schema, type: field.type }];
    }),
  );

const namesOf = (supergraph: GraphQLSchema, typeName: string): readonly string[] => {
  const type = supergraph.getType(typeName);
  return isObjectType(type) ? [typeName, ...type.getInterfaces().map(({ name }) => name)] : [typeName];
};

const concreteTypes = (
  { supergraph, api }: Schemas,
  schema: GraphQLSchema,
  type: GraphQLOutputType,
): readonly string[] => {
  const { name } = getNamedType(type);
  const here = schema.getType(name);
  const everywhere = supergraph.getType(name);
  // An interface object stands for all implementations.
  const abstract = isAbstractType(here) ? { schema, type: here } : { schema: supergraph, type: everywhere };
  const all = isAbstractType(abstract.type)
    ? abstract.schema.getPossibleTypes(abstract.type).map((each) => each.name)
    : isObjectType(here)
      ? [name]
      : [];
  const visible = all.filter((each) => api.getType(each) !== undefined);
  return visible.length > 0 ? visible : all;
};

const enumValues = (api: GraphQLSchema, type: GraphQLOutputType): readonly string[] => {
  const named = getNamedType(type);
  if (!isEnumType(named)) return [];
  const visible = api.getType(named.name);
  return named
    .getValues()
    .map(({ name }) => name)
    .filter((name) => !isEnumType(visible) || visible.getValue(name) !== undefined);
};

const common = (lists: readonly (readonly string[])[]): readonly string[] =>
  lists.reduce((all, list) => all.filter((each) => list.includes(each)));

/** The keys of a type, in one subgraph or in all. */
export const keysOf = (
  { supergraph }: Schemas,
  typeName: string,
  subgraph?: string,
): readonly SelectionSetNode[] =>
  namesOf(supergraph, typeName)
    .flatMap((name) => joins(supergraph.getType(name)?.astNode?.directives, 'join__type', 'key'))
    .filter(({ graph }) => subgraph === undefined || graph === subgraph)
    .map(({ value }) => selectionSetOf(value));

/** What the supergraph says of each subgraph; there the directives have their own names, whatever a subgraph calls them. */
const joins = (
  directives: readonly ConstDirectiveNode[] | undefined,
  directive: string,
  argument: string,
): readonly { readonly graph: string; readonly value: string }[] =>
  (directives ?? [])
    .filter(({ name }) => name.value === directive)
    .flatMap(({ arguments: given = [] }) => {
      const [graph, value] = ['graph', argument].map(
        (name) => given.find((each) => each.name.value === name)?.value,
      );
      return graph?.kind === Kind.ENUM && value?.kind === Kind.STRING
        ? [{ graph: graph.value.toLowerCase(), value: value.value }]
        : [];
    });

export const selectionSetOf = (fields: string): SelectionSetNode => {
  const [definition] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`not a selection: ${fields}`);
  return definition.selectionSet;
};

export const topFields = ({ selections }: SelectionSetNode): readonly string[] =>
  selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : []));
