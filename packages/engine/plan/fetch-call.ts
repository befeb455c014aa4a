import type { FetchAnswer, FetchCall, SubgraphError } from './fetch.port.ts';
import { isJsonObject, writeKey } from './json-object.ts';
import type { FetchNode } from './plan-json.ts';
import type { Execution } from './execution.ts';

/** Makes the calls of a fetch. Written out: spreading what never changes cost more than all the rest. */
export const callsOf = (node: FetchNode) => {
  const { serviceName: service, operationKind: kind, operation: query, operationName } = node;
  const isEntityCall = node.requires !== undefined;
  return (
    variables: FetchCall['variables'],
    representationsJson?: FetchCall['representationsJson'],
  ): FetchCall => ({ service, kind, query, operationName, variables, isEntityCall, representationsJson });
};

/** The variables that the fetch uses and the client gave. */
export const compileVariables = (
  node: FetchNode,
): ((variables: Execution['variables']) => Record<string, unknown>) => {
  const contextual = new Set(node.contextRewrites?.map(({ renameKeyTo }) => renameKeyTo));
  const names = (node.variableUsages ?? []).filter((name) => !contextual.has(name));
  return (variables) => {
    const given: Record<string, unknown> = {};
    for (const name of names) if (Object.hasOwn(variables, name)) writeKey(given, name, variables[name]);
    return given;
  };
};

/** All variables of a call as values, for whoever asks a subgraph without writing JSON. */
export const variablesOf = ({ variables, representationsJson }: FetchCall): Record<string, unknown> =>
  representationsJson === undefined
    ? { ...variables }
    : { ...variables, representations: JSON.parse(`[${representationsJson.join()}]`) as unknown };

/** The errors of an answer; whatever else stands there is left out. */
export const errorsOf = (answer: FetchAnswer): readonly SubgraphError[] =>
  Array.isArray(answer.errors) ? answer.errors.filter(isJsonObject) : [];

/** The path of a subgraph's error with the planner's own names undone. */
export const pathOf = (
  error: SubgraphError,
  renamed: ReadonlyMap<unknown, string>,
): readonly (string | number)[] | undefined =>
  Array.isArray(error.path)
    ? error.path
        .filter((element) => typeof element === 'string' || typeof element === 'number')
        .map((element) => renamed.get(element) ?? element)
    : undefined;
