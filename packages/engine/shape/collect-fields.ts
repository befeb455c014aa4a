import {
  Kind,
  isAbstractType,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** What of a document is selected, given values for its conditions. */
export type Selected = {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The values of the variables in `@skip` and `@include`. */
  readonly isTrue: (variable: string) => boolean;
};

/**
 * The fields selected on an object of type `type`, by response key, in the order of the answer.
 *
 * `type` is an interface when nobody could tell the object's own type; then only what is selected on the interface
 * itself, and on interfaces that it implements, applies.
 *
 * @see GraphQL specification, October 2021, section 6.3.2, CollectFields.
 */
export const collectFields = (
  selected: Selected,
  type: GraphQLObjectType | GraphQLInterfaceType,
  selectionSets: readonly SelectionSetNode[],
): ReadonlyMap<string, readonly FieldNode[]> => {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (!isIncluded(selection.directives, selected.isTrue)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const known = fields.get(key);
        if (known === undefined) fields.set(key, [selection]);
        else known.push(selection);
        continue;
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : selected.fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value;
      if (fragment && appliesTo(selected.schema, condition, type)) collect(fragment.selectionSet);
    }
  };
  for (const selectionSet of selectionSets) collect(selectionSet);
  return fields;
};

const appliesTo = (
  schema: GraphQLSchema,
  condition: string | undefined,
  type: GraphQLObjectType | GraphQLInterfaceType,
): boolean => {
  if (condition === undefined || condition === type.name) return true;
  const abstract = schema.getType(condition);
  return isAbstractType(abstract) && schema.isSubType(abstract, type);
};

const isIncluded = (
  directives: readonly DirectiveNode[] | undefined,
  isTrue: (variable: string) => boolean,
): boolean => (directives ?? []).every((directive) => holds(directive, isTrue));

/** Whether what a directive stands at is selected, as far as the directive says. */
export const holds = (directive: DirectiveNode, isTrue: (variable: string) => boolean): boolean => {
  const name = directive.name.value;
  if (name !== 'skip' && name !== 'include') return true;
  const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
  const condition =
    value?.kind === Kind.VARIABLE ? isTrue(value.name.value) : value?.kind === Kind.BOOLEAN && value.value;
  return name === 'skip' ? !condition : condition;
};
