import {
  Kind,
  getVariableValues,
  visit,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { EngineError } from './plan/failures.ts';
import { compilePlainVariables } from './plain-variables.ts';
import type { SelectedOperation } from './select-operation.ts';

/** The variables of one request. */
export type Variables =
  | { readonly status: 'invalid'; readonly errors: readonly EngineError[] }
  | {
      readonly status: 'valid';
      /** As the client gave them: what is sent on is not altered. */
      readonly given: Readonly<Record<string, unknown>>;
      readonly isTrue: (name: string) => boolean;
    };

/** Checks the variables of a request against the API schema. */
export type ReadVariables = (given: Readonly<Record<string, unknown>>) => Variables;

/** Compiles the check of an operation's variables. Those of `@skip` and `@include` must be true or false. */
export const compileVariableCheck = (
  api: GraphQLSchema,
  { operation }: SelectedOperation,
  conditions: readonly string[],
): ReadVariables => {
  const { variableDefinitions = [] } = operation;
  if (variableDefinitions.length === 0) return (given) => ({ status: 'valid', given, isTrue: () => false });
  const isPlain = compilePlainVariables(variableDefinitions);
  return (given) => {
    if (isPlain?.(given) === true && conditions.every((name) => typeof given[name] === 'boolean')) {
      return { status: 'valid', given, isTrue: (name) => given[name] === true };
    }
    const values = getVariableValues(api, variableDefinitions, given, { maxErrors: 10 });
    if (values.errors !== undefined) return { status: 'invalid', errors: values.errors.map(badInput) };
    const { coerced } = values;
    const unknown = conditions.find((name) => typeof coerced[name] !== 'boolean');
    if (unknown !== undefined) {
      const message = `Variable "$${unknown}" decides what is selected and must not be null.`;
      return { status: 'invalid', errors: [{ message, code: 'BAD_USER_INPUT' }] };
    }
    return { status: 'valid', given, isTrue: (name) => coerced[name] === true };
  };
};

/** The variables that decide what an operation selects, in the order of their definitions. */
export const conditionsOf = ({ operation, fragments }: SelectedOperation): readonly string[] => {
  const names = new Set<string>();
  for (const definition of [operation, ...fragments.values()]) {
    visit(definition, {
      Directive: ({ name, arguments: given = [] }) => {
        if (!deciding.has(name.value)) return;
        for (const { name: argument, value } of given) {
          if (argument.value === 'if' && value.kind === Kind.VARIABLE) names.add(value.name.value);
        }
      },
    });
  }
  return definedNames(operation).filter((name) => names.has(name));
};

const deciding: ReadonlySet<string> = new Set(['skip', 'include', 'defer']);

const definedNames = ({ variableDefinitions = [] }: OperationDefinitionNode): readonly string[] =>
  variableDefinitions.map(({ variable }) => variable.name.value);

const badInput = ({ message }: GraphQLError): EngineError => ({ message, code: 'BAD_USER_INPUT' });
