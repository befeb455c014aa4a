import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { admissionErrors } from './admission.errors.ts';
import { addUpTo } from './operation-limits.ts';

/** What a document asks for, in numbers that never pass `COUNT_MAX`. `OperationLimits` says what each one means. */
export type DocumentMeasures = {
  readonly definitions: number;
  readonly depth: number;
  readonly rootFields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly selections: number;
  readonly introspectionDepth: number;
  /** Fragments that nothing in the document uses; validation will refuse them, but walks them first. */
  readonly unusedFragments: readonly string[];
};

/** The lists through which introspection answers grow: each item of one leads to another. */
const INTROSPECTION_LISTS: ReadonlySet<string> = new Set([
  'fields',
  'interfaces',
  'possibleTypes',
  'inputFields',
]);
const INTROSPECTION_ROOTS: ReadonlySet<string> = new Set(['__schema', '__type']);

/**
 * Measures a document as if every fragment were written out wherever it is used, without writing it out: each fragment
 * is measured once, so that the time is linear in the text however often fragments use each other.
 *
 * Operations add up (depth and root fields: the worst counts) and unused fragments with them, since validation looks at
 * all of them. Unknown fragments count as empty; validation names them.
 *
 * @throws {AppError} `FRAGMENT_CYCLE`.
 */
export const measureDocument = (document: DocumentNode): DocumentMeasures => {
  const walk: Walk = { fragments: fragmentsOf(document), measured: new Map(), used: new Set() };
  const total = nothing();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const measure = measureSet(definition.selectionSet, walk);
    addRoot(total, measure);
    total.fields = Math.max(total.fields, measure.fields);
    let directives = definition.directives?.length ?? 0;
    for (const variable of definition.variableDefinitions ?? [])
      directives += variable.directives?.length ?? 0;
    total.directives = addUpTo(total.directives, directives);
  }
  const fragments = [...walk.fragments.keys()].map((name) => ({
    name,
    measure: measureFragment(name, walk),
  }));
  const unused = fragments.filter(({ name }) => !walk.used.has(name));
  for (const { measure } of unused) addRoot(total, measure);
  const { depth, fields: rootFields, aliases, directives, selections, introspection } = total;
  return {
    definitions: document.definitions.length,
    depth,
    rootFields,
    aliases,
    directives,
    selections,
    introspectionDepth: introspection,
    unusedFragments: unused.map(({ name }) => name),
  };
};

/** The fragments of a document by name; of several with one name, which validation refuses, the last. */
export const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
};

type Measure = {
  depth: number;
  /** Fields at the top of the set. */
  fields: number;
  aliases: number;
  directives: number;
  selections: number;
  /** Introspection lists inside one another below `__schema` or `__type`. */
  introspection: number;
  /** The same names, wherever they stand: what `introspection` becomes should this be part of such a field. */
  lists: number;
};

type Walk = {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Names that are spread somewhere. */
  readonly used: Set<string>;
  /** Undefined while the fragment is being measured. */
  readonly measured: Map<string, Measure | undefined>;
};

const nothing = (): Measure => ({
  depth: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
  selections: 0,
  introspection: 0,
  lists: 0,
});

const measureSet = ({ selections }: SelectionSetNode, walk: Walk): Measure => {
  const sum = nothing();
  for (const selection of selections) {
    sum.selections = addUpTo(sum.selections, 1);
    sum.directives = addUpTo(sum.directives, selection.directives?.length ?? 0);
    switch (selection.kind) {
      case Kind.FIELD:
        addField(sum, selection, walk);
        break;
      case Kind.INLINE_FRAGMENT:
        addTo(sum, measureSet(selection.selectionSet, walk));
        break;
      case Kind.FRAGMENT_SPREAD:
        walk.used.add(selection.name.value);
        addTo(sum, measureFragment(selection.name.value, walk));
        break;
      default:
        selection satisfies never;
    }
  }
  return sum;
};

const measureFragment = (name: string, walk: Walk): Measure => {
  const known = walk.measured.get(name);
  if (known !== undefined) return known;
  if (walk.measured.has(name)) throw admissionErrors.FRAGMENT_CYCLE();
  const fragment = walk.fragments.get(name);
  if (fragment === undefined) return nothing();
  walk.measured.set(name, undefined);
  const measure = measureSet(fragment.selectionSet, walk);
  measure.directives = addUpTo(measure.directives, fragment.directives?.length ?? 0);
  walk.measured.set(name, measure);
  return measure;
};

const addField = (sum: Measure, { name, alias, selectionSet }: FieldNode, walk: Walk): void => {
  const inner = selectionSet ? measureSet(selectionSet, walk) : undefined;
  sum.fields = addUpTo(sum.fields, 1);
  if (alias !== undefined) sum.aliases = addUpTo(sum.aliases, 1);
  const lists = (inner?.lists ?? 0) + (INTROSPECTION_LISTS.has(name.value) ? 1 : 0);
  const introspection = (INTROSPECTION_ROOTS.has(name.value) ? inner?.lists : inner?.introspection) ?? 0;
  sum.depth = Math.max(sum.depth, 1 + (inner?.depth ?? 0));
  sum.lists = Math.max(sum.lists, lists);
  sum.introspection = Math.max(sum.introspection, introspection);
  if (inner === undefined) return;
  sum.aliases = addUpTo(sum.aliases, inner.aliases);
  sum.directives = addUpTo(sum.directives, inner.directives);
  sum.selections = addUpTo(sum.selections, inner.selections);
};

/** Adds what stands in the same place. */
const addTo = (sum: Measure, more: Measure): void => {
  addRoot(sum, more);
  sum.fields = addUpTo(sum.fields, more.fields);
};

/** Adds all but the fields at the top. */
const addRoot = (sum: Measure, more: Measure): void => {
  sum.aliases = addUpTo(sum.aliases, more.aliases);
  sum.directives = addUpTo(sum.directives, more.directives);
  sum.selections = addUpTo(sum.selections, more.selections);
  sum.depth = Math.max(sum.depth, more.depth);
  sum.introspection = Math.max(sum.introspection, more.introspection);
  sum.lists = Math.max(sum.lists, more.lists);
};
