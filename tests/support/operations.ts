import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

/** One root field with everything it needs, written by the schema itself: a new field is covered without a line here. */
export type Operation = {
  readonly name: string;
  readonly isMutation: boolean;
  readonly text: string;
  /** Whether it names a thing. */
  readonly takesId: boolean;
  /** The kinds of ids that it takes, each once: `prj`, `usr`. */
  readonly idKinds: readonly string[];
  /** Ids whose kind their names do not tell; there must be none. */
  readonly unknownKinds: readonly string[];
  /** Values for all its variables. Values that are not ids are valid. */
  readonly variables: (wishes: Wishes) => object;
};

type Wishes = { readonly idOf: (kind: string) => string; readonly email: string };

/** Every query and mutation of the schema. */
export const operationsOf = (schema: GraphQLSchema): readonly Operation[] =>
  [schema.getQueryType(), schema.getMutationType()].flatMap((root, index) =>
    Object.values(root?.getFields() ?? {})
      .filter(({ name }) => !name.startsWith('_'))
      .map((field) => operationOf(field, index === 1)),
  );

const operationOf = (field: GraphQLField<unknown, unknown>, isMutation: boolean): Operation => {
  const named = field.args.filter((arg) => isRequiredArgument(arg));
  const declared = named.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = named.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const signature = declared === '' ? '' : `(${declared})`;
  const call = passed === '' ? field.name : `${field.name}(${passed})`;
  const slots = named.flatMap((arg) => idSlots(field.name, arg));
  const kinds = slots.map((slot) => kindOfSlot(slot));
  return {
    name: field.name,
    isMutation,
    text: `${isMutation ? 'mutation' : 'query'} ${signature} { ${call} ${selectionOf(field.type)} }`,
    takesId: slots.length > 0,
    idKinds: [...new Set(kinds.filter((kind) => kind !== undefined))],
    unknownKinds: slots.filter((slot) => kindOfSlot(slot) === undefined),
    variables: (wishes) =>
      Object.fromEntries(named.map((arg) => [arg.name, valueOf(arg, [field.name, arg.name], wishes)])),
  };
};

/** `project.id`, `assignTask.input.taskId`: where ids go. */
const idSlots = (path: string, { name, type }: GraphQLArgument | GraphQLInputField): readonly string[] => {
  const named = getNamedType(type);
  if (isInputObjectType(named))
    return Object.values(named.getFields()).flatMap((field) => idSlots(`${path}.${name}`, field));
  return named.name === 'ID' ? [`${path}.${name}`] : [];
};

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/notification/i, 'ntf'],
  [/(user|assignee|member)(id)?$/i, 'usr'],
  [/task(id)?$/i, 'tsk'],
  [/project(id)?$/i, 'prj'],
];

/** A field called `id` is of the kind that its operation is about; any other says it by its own name. */
const kindOfSlot = (slot: string): string | undefined => {
  const [operation = '', ...rest] = slot.split('.');
  const last = rest.at(-1) ?? '';
  const word = last === 'id' ? operation : last;
  return KINDS.find(([pattern]) => pattern.test(word))?.[1];
};

const valueOf = (
  { name, type }: { readonly name: string; readonly type: GraphQLInputType },
  path: readonly string[],
  wishes: Wishes,
): unknown => {
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields());
    // An optional id is a way to name a thing as well.
    const wanted = fields.filter(
      (field) => isRequiredInputField(field) || getNamedType(field.type).name === 'ID',
    );
    return Object.fromEntries(
      wanted.map((field) => [field.name, valueOf(field, [...path, field.name], wishes)]),
    );
  }
  if (isEnumType(named)) return named.getValues().at(-1)?.name;
  if (named.name === 'ID') return wishes.idOf(kindOfSlot(path.join('.')) ?? '');
  if (named.name === 'Boolean') return true;
  if (named.name === 'Int') return 1;
  if (/email/i.test(name)) return wishes.email;
  return `some ${name}`;
};

/** What can be seen without arguments, three levels deep. */
const selectionOf = (type: GraphQLOutputType, depth = 3): string => {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    const leaf = getNamedType(field.type);
    if (isScalarType(leaf) || isEnumType(leaf)) return [field.name];
    if (!isObjectType(leaf) || depth === 0) return [];
    return [`${field.name} ${selectionOf(field.type, depth - 1)}`];
  });
  return `{ ${['__typename', ...fields].join(' ')} }`;
};
