import { Kind, type TypeNode, type VariableDefinitionNode } from 'graphql';

type Given = Readonly<Record<string, unknown>>;

/**
 * Compiles a quick look at variables of the five built-in scalars: true says that they are as they should be, as nearly all are;
 * false that it takes a closer look. Undefined when a variable of another type is among them.
 *
 * @see https://spec.graphql.org/draft/#sec-Coercing-Variable-Values
 */
export const compilePlainVariables = (
  definitions: readonly VariableDefinitionNode[],
): ((given: Given) => boolean) | undefined => {
  const checks: { readonly name: string; readonly mayMiss: boolean; readonly accepts: Accepts }[] = [];
  for (const { variable, type, defaultValue } of definitions) {
    const isRequired = type.kind === Kind.NON_NULL_TYPE;
    const accepts = acceptsFor(isRequired ? type.type : type);
    if (accepts === undefined || variable.name.value === '__proto__') return undefined;
    // What a default stands for is for the closer look.
    const mayMiss = !isRequired && defaultValue === undefined;
    checks.push({ name: variable.name.value, mayMiss, accepts });
  }
  return (given) => {
    for (const { name, mayMiss, accepts } of checks) {
      const value = Object.hasOwn(given, name) ? given[name] : undefined;
      if (value === undefined ? !mayMiss : !accepts(value)) return false;
    }
    return true;
  };
};

type Accepts = (value: unknown) => boolean;

const INT_MAX = 2_147_483_647;

/** No null: a closer look takes no harm from it. */
const scalars: ReadonlyMap<string, Accepts> = new Map<string, Accepts>([
  ['String', (value) => typeof value === 'string'],
  ['Boolean', (value) => typeof value === 'boolean'],
  ['ID', (value) => typeof value === 'string' || Number.isSafeInteger(value)],
  ['Float', (value) => Number.isFinite(value)],
  ['Int', (value) => Number.isInteger(value) && Math.abs(value as number) <= INT_MAX],
]);

const acceptsFor = (type: TypeNode): Accepts | undefined =>
  type.kind === Kind.NAMED_TYPE ? scalars.get(type.name.value) : undefined;
