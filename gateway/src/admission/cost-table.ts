import {
  isTypeDefinitionNode,
  parse,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type DefinitionNode,
} from 'graphql';
import { costDirectiveNames, type CostDirectiveNames } from './cost-directive-names.ts';

/** `@listSize` of one field. */
export type ListSize = {
  /** Items when no slicing argument says otherwise. */
  readonly assumedSize: number | undefined;
  /** Arguments that limit the list, as paths: `["first"]`, `["filter", "max"]`. */
  readonly slicingArguments: readonly (readonly string[])[];
  /** Lists below this field that the size is about, as paths; empty: the field's own list. */
  readonly sizedFields: readonly (readonly string[])[];
  /** Exactly one slicing argument must be given. */
  readonly requireOneSlicingArgument: boolean;
};

/** What the supergraph says about costs, by schema coordinate: `Type`, `Type.field`, `Type.field(argument:)`. */
export type CostTable = {
  readonly weights: ReadonlyMap<string, number>;
  readonly listSizes: ReadonlyMap<string, ListSize>;
};

/**
 * Reads `@cost` and `@listSize` from a supergraph, as federation 2.9 and later compose them there, whatever names they
 * were imported by. A supergraph without the cost specification has an empty table.
 *
 * @param supergraphSdl a composed supergraph; the API schema no longer has the directives.
 * @see https://specs.apollo.dev/cost/v0.1 and https://ibm.github.io/graphql-specs/cost-spec.html
 */
export const readCostTable = (supergraphSdl: string): CostTable => {
  const { definitions } = parse(supergraphSdl, { noLocation: true });
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  const names = costDirectiveNames(definitions);
  if (names === undefined) return { weights, listSizes };
  for (const definition of definitions) readDefinition(definition, names, weights, listSizes);
  return { weights, listSizes };
};

const readDefinition = (
  definition: DefinitionNode,
  names: CostDirectiveNames,
  weights: Map<string, number>,
  listSizes: Map<string, ListSize>,
): void => {
  const weigh = (
    coordinate: string,
    { directives }: { directives?: readonly ConstDirectiveNode[] },
  ): void => {
    const weight = argumentsOf(directives, names.cost)?.['weight'];
    if (typeof weight === 'number') weights.set(coordinate, weight);
    const listSize = argumentsOf(directives, names.listSize);
    if (listSize !== undefined) listSizes.set(coordinate, listSizeOf(listSize));
  };
  if (!isTypeDefinitionNode(definition)) return;
  const type = definition.name.value;
  weigh(type, definition);
  for (const field of 'fields' in definition ? (definition.fields ?? []) : []) {
    const coordinate = `${type}.${field.name.value}`;
    weigh(coordinate, field);
    for (const argument of 'arguments' in field ? (field.arguments ?? []) : [])
      weigh(`${coordinate}(${argument.name.value}:)`, argument);
  }
};

type Values = Readonly<Record<string, unknown>>;

/** The arguments of the directive; undefined without it. */
const argumentsOf = (
  directives: readonly ConstDirectiveNode[] | undefined,
  name: string,
): Values | undefined => {
  const directive = directives?.find((each) => each.name.value === name);
  return (
    directive &&
    Object.fromEntries(
      (directive.arguments ?? []).map(({ name: { value }, value: node }) => [
        value,
        valueFromASTUntyped(node),
      ]),
    )
  );
};

const listSizeOf = (values: Values): ListSize => {
  const assumedSize = values['assumedSize'];
  const slicingArguments = paths(values['slicingArguments']);
  return {
    assumedSize: typeof assumedSize === 'number' ? assumedSize : undefined,
    slicingArguments,
    sizedFields: paths(values['sizedFields']),
    // Without slicing arguments there is none to require.
    requireOneSlicingArgument: values['requireOneSlicingArgument'] !== false && slicingArguments.length > 0,
  };
};

const paths = (value: unknown): readonly (readonly string[])[] =>
  (Array.isArray(value) ? value : []).map((each) => String(each).split('.'));
