import { createHash } from 'node:crypto';
import {
  Kind,
  getNamedType,
  parse,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { linkedFeatures } from '../authorization/linked-features.ts';

/** What one generation of the supergraph says about answering from memory. */
export type FallbackRules = {
  /** Equal for equal supergraphs, in every gateway: what one of them meant is never told under another. */
  readonly generation: string;
  /** Whether answers to this query of a subgraph may be kept: it selects nothing that must never be stale. */
  readonly mayKeep: (query: string) => boolean;
  /** Excluded fields that the supergraph does not have. */
  readonly unknownFields: readonly string[];
};

type Supergraph = { readonly supergraphSdl: string; readonly schema: GraphQLSchema };

const NO_STALE = { identity: 'https://supergraph.local/noStale', directive: 'noStale' };

/**
 * Reads off a supergraph which fields are marked by `@noStale`.
 *
 * @param excluded more of them, as `Type.field`.
 */
export const fallbackRules = (
  { supergraphSdl, schema }: Supergraph,
  excluded: readonly string[] = [],
): FallbackRules => {
  const marked = new Set([...markedFields(supergraphSdl, schema), ...excluded]);
  const fields = withRelatives(marked, schema);
  return {
    generation: createHash('sha256').update(supergraphSdl).digest('base64url').slice(0, 22),
    mayKeep: (query) => !selectsAny(query, schema, fields),
    unknownFields: excluded.filter((field) => !hasField(schema, field)),
  };
};

/** `Type.field`, however the supergraph calls the directive. */
const markedFields = (supergraphSdl: string, schema: GraphQLSchema): readonly string[] => {
  const names = linkedFeatures(parse(supergraphSdl, { noLocation: true }))
    .filter(({ identity }) => identity === NO_STALE.identity)
    .map(({ directiveName }) => directiveName(NO_STALE.directive));
  if (names.length === 0) return [];
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    'getFields' in type
      ? Object.values(type.getFields())
          .filter(({ astNode }) => directiveNames(astNode).some((each) => names.includes(each)))
          .map(({ name }) => `${type.name}.${name}`)
      : [],
  );
};

const directiveNames = (node: FieldDefinitionNode | InputValueDefinitionNode | null | undefined) =>
  (node?.directives ?? []).map(({ name }) => name.value);

/** A field of an object may be asked for through its interfaces, and one of an interface through its objects. */
const withRelatives = (marked: ReadonlySet<string>, schema: GraphQLSchema): ReadonlySet<string> => {
  const all = new Set(marked);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!('getInterfaces' in type)) continue;
    for (const name of Object.keys(type.getFields())) {
      for (const parent of type.getInterfaces()) {
        if (parent.getFields()[name] === undefined) continue;
        if (marked.has(`${type.name}.${name}`)) all.add(`${parent.name}.${name}`);
        if (marked.has(`${parent.name}.${name}`)) all.add(`${type.name}.${name}`);
      }
    }
  }
  return all;
};

const hasField = (schema: GraphQLSchema, field: string): boolean => {
  const [typeName = '', name = ''] = field.split('.');
  const type = schema.getType(typeName);
  return type !== undefined && 'getFields' in type && Object.hasOwn(type.getFields(), name);
};

const selectsAny = (query: string, schema: GraphQLSchema, fields: ReadonlySet<string>): boolean => {
  if (fields.size === 0) return false;
  const names = new Set([...fields].map((field) => field.slice(field.indexOf('.') + 1)));
  const { definitions } = parse(query, { noLocation: true });

  const selects = ({ selections }: SelectionSetNode, typeName: string | undefined): boolean =>
    selections.some((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return false;
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return selects(selection.selectionSet, selection.typeCondition?.name.value ?? typeName);
      const name = selection.name.value;
      const type = typeName === undefined ? undefined : schema.getType(typeName);
      const field = type !== undefined && 'getFields' in type ? type.getFields()[name] : undefined;
      // Where the type is not known the name alone decides: rather too much is left out than too little.
      if (field === undefined ? names.has(name) : fields.has(`${typeName}.${name}`)) return true;
      const inner = field && getNamedType(field.type).name;
      return selection.selectionSet !== undefined && selects(selection.selectionSet, inner);
    });
  return definitions.some((definition) => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      return selects(definition.selectionSet, definition.typeCondition.name.value);
    return (
      definition.kind === Kind.OPERATION_DEFINITION &&
      selects(definition.selectionSet, schema.getQueryType()?.name)
    );
  });
};
