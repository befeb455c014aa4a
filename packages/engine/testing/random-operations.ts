import fc from 'fast-check';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** Names that the planner itself asks for, and other aliases that could do harm. */
const aliases = [
  'id',
  'name',
  'mail',
  'budget',
  '__typename',
  'shelf',
  'city',
  'x',
  'constructor',
  '__proto__',
  'x__alias_0',
];

/** Values of scalars, by type: some name something, some nothing. */
const literals: Readonly<Record<string, readonly string[]>> = {
  ID: ['"p1"', '"p2"', '"s1"', '"s2"', '"c1"', '"r1"', '"nobody"'],
  Int: ['0', '1', '2'],
  String: ['"A"', '""', 'null'],
  Float: ['0', '1.5'],
  Boolean: ['true', 'false'],
};

const conditions = [
  '',
  '',
  '',
  '',
  '',
  '',
  '@include(if: $a)',
  '@skip(if: $b)',
  '@include(if: true)',
  '@skip(if: true)',
];

const deferrals = [
  '@defer',
  '@defer(label: "x")',
  '@defer(if: $a)',
  '@defer(if: $b)',
  '@defer @skip(if: $b)',
  '@defer',
];

export type RandomOptions = {
  /** Of these are the aliases, where those of the town do not fit. */
  readonly aliases?: readonly string[];
  /** Levels of fields below the root; 4 when not said. */
  readonly depth?: number;
  /** Fields left out. */
  readonly without: RegExp;
  /** Share of fields with an alias that may collide, in percent. */
  readonly aliased: number;
  /** Whether fragments are deferred. */
  readonly deferred?: boolean;
};

/** Queries over all of a schema. Two fields may be at odds: those the validator refuses are to be skipped. */
export const randomOperations = (schema: GraphQLSchema, options: RandomOptions): fc.Arbitrary<string> => {
  const root = schema.getQueryType();
  if (!root) throw new Error('no query type');
  const depth = options.depth ?? 4;
  const anything = selectionSet(schema, root, depth, options);
  return fc
    .oneof(
      anything,
      fc.tuple(atSeveralPlaces(schema, root, depth, options), anything).map((all) => all.join(' ')),
    )
    .map(
      (selections) =>
        `query ($a: Boolean!, $b: Boolean = false) { k: __typename @skip(if: $b) @include(if: $a) ${selections} }`,
    );
};

const selectionSet = (
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  depth: number,
  options: RandomOptions,
): fc.Arbitrary<string> => {
  const fields = isUnionType(type)
    ? []
    : Object.values(type.getFields()).filter(({ name }) => !options.without.test(name));
  const usable = fields.filter(({ type: inner }) => depth > 0 || !isCompositeType(getNamedType(inner)));
  const choices: fc.WeightedArbitrary<string>[] = [
    { weight: 1, arbitrary: fc.constantFrom('__typename', 't: __typename') },
  ];
  if (usable.length > 0) {
    const field = fc.constantFrom(...usable).chain((each) => fieldSelection(schema, each, depth, options));
    choices.push({ weight: 8, arbitrary: field });
  }
  const types = isAbstractType(type)
    ? schema.getPossibleTypes(type)
    : isObjectType(type)
      ? [type, ...type.getInterfaces()]
      : [];
  if (depth > 0 && types.length > 0) {
    const fragment = fc
      .constantFrom(...types)
      .chain((each) =>
        fc
          .tuple(fragmentDirectives(options), selectionSet(schema, each, depth - 1, options))
          .map(([condition, inner]) => `... on ${each.name} ${condition} { ${inner} }`),
      );
    choices.push({ weight: isAbstractType(type) ? 6 : 1, arbitrary: fragment });
  }
  if (depth > 0 && options.deferred === true) {
    const inner = selectionSet(schema, type, depth - 1, options);
    const fragment = fc
      .tuple(fragmentDirectives(options), inner)
      .map(([condition, text]) => `... ${condition} { ${text} }`);
    choices.push({ weight: 3, arbitrary: fragment });
  }
  return fc.array(fc.oneof(...choices), { minLength: 1, maxLength: 4 }).map((all) => all.join(' '));
};

const fragmentDirectives = ({ deferred }: RandomOptions): fc.Arbitrary<string> =>
  fc.constantFrom(...conditions, ...(deferred === true ? deferrals : []));

/** One selection below several root fields of a type: what they fetch can be joined. */
const atSeveralPlaces = (
  schema: GraphQLSchema,
  root: GraphQLObjectType,
  depth: number,
  options: RandomOptions,
): fc.Arbitrary<string> => {
  const objects = Object.values(root.getFields()).flatMap((field) => {
    const type = getNamedType(field.type);
    return isCompositeType(type) && !options.without.test(field.name) ? [{ field, type }] : [];
  });
  if (objects.length === 0) return fc.constant('');
  return fc.constantFrom(...objects).chain(({ type }) => {
    const alike = objects.filter((each) => each.type === type);
    const place = fc
      .constantFrom(...alike)
      .chain(({ field }) => givenArguments(field).map((args) => `${field.name}${args && `(${args})`}`));
    return fc
      .tuple(selectionSet(schema, type, depth - 1, options), fc.array(place, { minLength: 2, maxLength: 4 }))
      .map(([selections, places]) =>
        places.map((text, index) => `place${index}: ${text} { ${selections} }`).join(' '),
      );
  });
};

const givenArguments = ({ args }: GraphQLField<unknown, unknown>): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...args.map(({ name, type }) =>
        fc.option(
          literal(type).map((value) => `${name}: ${value}`),
          { nil: '', freq: isNonNullType(type) ? 1e9 : 1 },
        ),
      ),
    )
    .map((texts) => texts.filter((text) => text !== '').join(', '));

const fieldSelection = (
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  depth: number,
  options: RandomOptions,
): fc.Arbitrary<string> => {
  const inner = getNamedType(field.type);
  const selections = isCompositeType(inner)
    ? selectionSet(schema, inner, depth - 1, options).map((text) => `{ ${text} }`)
    : fc.constant('');
  const alias = fc
    .tuple(fc.nat(99), fc.constantFrom(...(options.aliases ?? aliases)))
    .map(([chance, name]) => (chance < options.aliased ? name : ''));
  return fc
    .tuple(alias, givenArguments(field), fc.constantFrom(...conditions), selections)
    .map(([name, texts, condition, rest]) => {
      // Equal arguments have equal names, so that most operations are valid.
      const own = texts === '' ? '' : `${field.name}_${texts.replaceAll(/\W/g, '')}`;
      const key = name || own || field.name;
      return `${key === field.name ? '' : `${key}: `}${field.name}${texts && `(${texts})`} ${condition} ${rest}`;
    });
};

const literal = (type: GraphQLInputType, depth = 2): fc.Arbitrary<string> => {
  if (isNonNullType(type)) return literal(type.ofType, depth).filter((text) => text !== 'null');
  if (isListType(type)) return literal(type.ofType, depth).map((text) => `[${text}]`);
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || depth > 0 || !isInputObjectType(getNamedType(field.type)),
    );
    return fc
      .tuple(
        ...fields.map((field) =>
          fc.option(
            literal(field.type, depth - 1).map((value) => `${field.name}: ${value}`),
            { nil: '', freq: isNonNullType(field.type) ? 1e9 : 1 },
          ),
        ),
      )
      .map((given) => `{ ${given.filter((text) => text !== '').join(', ')} }`);
  }
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  return fc.constantFrom(...(literals[getNamedType(type).name] ?? ['null']));
};
