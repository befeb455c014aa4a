import {
  Kind,
  OperationTypeNode,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  parse,
  type FieldNode,
  type FragmentDefinitionNode,
  type NameNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { engineErrors } from '../engine.errors.ts';
import { fetchesIn } from '../plan/fetches-in.ts';
import type { FetchNode, QueryPlan, RequiredSelection } from '../plan/plan-json.ts';
import type { SchemaFacts } from '../schema-facts.ts';

/**
 * Refuses plans in which a subgraph is asked for what it cannot know: a field that requires something where the fetch
 * does not bring it, or a field that it names as `@external` and does not provide there.
 *
 * The planner writes them: when it meets requirements in a subgraph that was entered from another, it moves the way there
 * into the other one's fetch, as far as the names exist there, whoever resolves them. A subgraph would compute its answer
 * from nothing, and nobody would see that it is wrong.
 *
 * @throws {AppError} `PLAN_REQUIREMENT_MISSING`, its field `field` naming what cannot be asked for.
 */
export const refuseUncarriedRequires = (facts: SchemaFacts, { node }: QueryPlan): void => {
  if (facts.requirements.fieldNames.size === 0) return;
  const fetches = node?.kind === 'Subscription' ? [node.primary, ...fetchesIn(node.rest)] : fetchesIn(node);
  for (const fetch of fetches) checkFetch(facts, fetch);
};

const checkFetch = (facts: SchemaFacts, fetch: FetchNode): void => {
  const { definitions } = parse(fetch.operation, { noLocation: true });
  const fragments = new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
  const operation = definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const root = facts.requirements.supergraph.getRootType(operation?.operation ?? OperationTypeNode.QUERY);
  if (operation === undefined || !root) return;
  const scope: Scope = { facts, service: fetch.serviceName, fragments };
  const sets = [operation.selectionSet];
  if (fetch.requires === undefined) {
    checkObject(scope, { type: root.name, sets, brought: [], provided: [] });
  } else {
    const entities = sets.flatMap(({ selections }) => selections.flatMap(insideOf));
    checkObject(scope, {
      type: anyEntity,
      sets: entities,
      brought: [selectionSetOf(fetch.requires)],
      provided: [],
    });
  }
};

/** Of every type: those of entities are told by fragments. */
const anyEntity = '_Entity';

type Sets = readonly SelectionSetNode[];
type Scope = {
  readonly facts: SchemaFacts;
  readonly service: string;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
};
/** An object as one fetch knows it: what is asked of it, what was brought along, and what its parent provides. */
type Place = {
  readonly type: string;
  readonly sets: Sets;
  readonly brought: Sets;
  readonly provided: Sets;
};

const checkObject = (scope: Scope, place: Place): void => {
  const { facts, service } = scope;
  for (const { type, field } of fieldsIn(scope, place.sets, place.type)) {
    const name = field.name.value;
    const said = facts.requirements.inSubgraphs(service, type, name);
    const isUnknown = said?.isExternal === true && !isGiven(scope, place, type, name);
    if (isUnknown || (said?.requires && !carries(scope, place, type, said.requires))) {
      throw engineErrors.PLAN_REQUIREMENT_MISSING({ field: `${type}.${name}`, subgraph: service });
    }
    const inner = fieldType(scope, type, name);
    if (field.selectionSet === undefined || inner === undefined) continue;
    const provided = [
      ...namedIn(scope, place.provided, type, name).flatMap(insideOf),
      ...(said?.provides ? [said.provides] : []),
    ];
    checkObject(scope, { type: inner, sets: [field.selectionSet], brought: [], provided });
  }
};

/** Whether a subgraph resolves a field that it names as external: a key, or what the field above provides. */
const isGiven = (scope: Scope, { provided }: Place, type: string, name: string): boolean =>
  scope.facts.entityKeys(scope.service, type).some((key) => key.includes(name)) ||
  namedIn(scope, provided, type, name).length > 0;

/** Whether all of `required` is brought along, or asked for beside it of what the subgraph resolves itself. */
const carries = (scope: Scope, place: Place, type: string, required: SelectionSetNode): boolean =>
  isWithin(scope, [...place.brought, ...place.sets], type, required);

const isWithin = (scope: Scope, sets: Sets, type: string, wanted: SelectionSetNode): boolean =>
  fieldsIn(scope, [wanted], type).every(({ type: owner, field }) => {
    const name = field.name.value;
    if (name === '__typename') return true;
    const found = namedIn(scope, sets, owner, name);
    const inner = fieldType(scope, owner, name);
    if (field.selectionSet === undefined || inner === undefined) return found.length > 0;
    return found.length > 0 && isWithin(scope, found.flatMap(insideOf), inner, field.selectionSet);
  });

type FieldOfType = { readonly type: string; readonly field: FieldNode };

/** The fields of an object of `type`, each with the type that the fragment around it names. */
const fieldsIn = (scope: Scope, sets: Sets, type: string): readonly FieldOfType[] =>
  sets.flatMap(({ selections }) =>
    selections.flatMap((selection): readonly FieldOfType[] => {
      if (selection.kind === Kind.FIELD) return [{ type, field: selection }];
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : scope.fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value ?? type;
      if (fragment === undefined || !mayBeBoth(scope, type, condition)) return [];
      // What is known to be a ticket stays one inside a fragment on all that is sold.
      const narrower = scope.facts.applies(condition, type) ? type : condition;
      return fieldsIn(scope, [fragment.selectionSet], narrower);
    }),
  );

const namedIn = (scope: Scope, sets: Sets, type: string, name: string): readonly FieldNode[] =>
  fieldsIn(scope, sets, type).flatMap(({ field }) => (field.name.value === name ? [field] : []));

/** Two abstract types always may: what they have in common is the planner's concern. */
const mayBeBoth = ({ facts }: Scope, type: string, other: string): boolean => {
  const { supergraph } = facts.requirements;
  if (type === anyEntity || facts.applies(type, other) || facts.applies(other, type)) return true;
  return isAbstractType(supergraph.getType(type)) && isAbstractType(supergraph.getType(other));
};

const fieldType = ({ facts }: Scope, typeName: string, name: string): string | undefined => {
  const type = facts.requirements.supergraph.getType(typeName);
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  return field && getNamedType(field.type).name;
};

const insideOf = (selection: SelectionNode): Sets =>
  selection.kind === Kind.FIELD && selection.selectionSet !== undefined ? [selection.selectionSet] : [];

const selectionSetOf = (required: readonly RequiredSelection[]): SelectionSetNode => ({
  kind: Kind.SELECTION_SET,
  selections: required.map((each): SelectionNode => {
    const inner = each.selections && { selectionSet: selectionSetOf(each.selections) };
    if (each.kind === 'Field') return { kind: Kind.FIELD, name: nameOf(each.name), ...inner };
    const { typeCondition: name, selections } = each;
    const typeCondition = name && { typeCondition: { kind: Kind.NAMED_TYPE, name: nameOf(name) } as const };
    return { kind: Kind.INLINE_FRAGMENT, ...typeCondition, selectionSet: selectionSetOf(selections) };
  }),
});

const nameOf = (value: string): NameNode => ({ kind: Kind.NAME, value });
