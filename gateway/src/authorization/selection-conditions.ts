import { Kind, type DirectiveNode, type OperationDefinitionNode } from 'graphql';

/** A variable, and what it has to be for a selection to be asked for. */
export type Condition = { readonly variable: string; readonly wanted: boolean };

/** What `@skip` and `@include` make of a selection: conditions that all have to hold, or that it is never asked for. */
export const conditionsOf = (directives: readonly DirectiveNode[] = []): readonly Condition[] | 'never' => {
  const conditions: Condition[] = [];
  for (const { name, arguments: given = [] } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const wanted = name.value === 'include';
    const value = given.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.BOOLEAN && value.value !== wanted) return 'never';
    if (value?.kind === Kind.VARIABLE) conditions.push({ variable: value.name.value, wanted });
  }
  return conditions;
};

/** Says of conditions whether all hold for a request. What has no value is `false`: such a request is refused elsewhere. */
export const conditionCheck = ({
  variableDefinitions = [],
}: OperationDefinitionNode): ((
  conditions: readonly Condition[],
  variables: Readonly<Record<string, unknown>>,
) => boolean) => {
  const defaults = new Map(
    variableDefinitions.map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue?.kind === Kind.BOOLEAN && defaultValue.value,
    ]),
  );
  return (conditions, variables) =>
    conditions.every(({ variable, wanted }) => {
      const given = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
      return (given === undefined ? defaults.get(variable) === true : given === true) === wanted;
    });
};
