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
  type ValueNode,
} from 'graphql';
import type { DeferLabels } from '../planning/defer-labels.ts';

/** What of a document is selected, given values for its conditions. */
export type Selected = {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The values of the variables in `@skip` and `@include`. */
  readonly isTrue: (variable: string) => boolean;
  /** Given when what is deferred is to be answered later; otherwise it is selected like the rest. */
  readonly deferLabels: DeferLabels | undefined;
};

/** What is selected on an object. */
export type Collected = {
  /** The fields by response key, in the order of the answer. */
  readonly fields: ReadonlyMap<string, readonly FieldNode[]>;
  readonly deferred: readonly DeferredSelection[];
};

/** A fragment that is answered later. */
export type DeferredSelection = {
  readonly label: string | undefined;
  /** Our own label of it. */
  readonly ownLabel: string;
  readonly selectionSet: SelectionSetNode;
};

/**
 * What is selected on an object of type `type`.
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
): Collected => {
  const fields = new Map<string, FieldNode[]>();
  const deferred: DeferredSelection[] = [];
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
      const later = deferral(selected, selection.directives);
      if (selection.kind === Kind.FRAGMENT_SPREAD && later === undefined) {
        if (visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : selected.fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value;
      if (fragment === undefined || !appliesTo(selected.schema, condition, type)) continue;
      if (later === undefined) collect(fragment.selectionSet);
      else deferred.push({ ...later, selectionSet: fragment.selectionSet });
    }
  };
  for (const selectionSet of selectionSets) collect(selectionSet);
  return { fields, deferred };
};

const deferral = (
  { deferLabels, isTrue }: Selected,
  directives: readonly DirectiveNode[] | undefined,
): Omit<DeferredSelection, 'selectionSet'> | undefined => {
  if (deferLabels === undefined) return undefined;
  const directive = directives?.find(({ name }) => name.value === 'defer');
  if (directive === undefined) return undefined;
  const argument = (wanted: string) => directive.arguments?.find(({ name }) => name.value === wanted)?.value;
  if (!isTrueValue(argument('if') ?? always, isTrue)) return undefined;
  const label = argument('label');
  return {
    label: label?.kind === Kind.STRING ? label.value : undefined,
    ownLabel: deferLabels.get(directive) ?? '',
  };
};

const always: ValueNode = { kind: Kind.BOOLEAN, value: true };

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
  const condition = isTrueValue(value, isTrue);
  return name === 'skip' ? !condition : condition;
};

const isTrueValue = (value: ValueNode | undefined, isTrue: (variable: string) => boolean): boolean =>
  value?.kind === Kind.VARIABLE ? isTrue(value.name.value) : value?.kind === Kind.BOOLEAN && value.value;
