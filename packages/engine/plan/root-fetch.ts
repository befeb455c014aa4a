import { Kind, OperationTypeNode, parse, type SelectionSetNode } from 'graphql';
import { engineErrors } from '../engine.errors.ts';
import type { SchemaFacts } from '../schema-facts.ts';
import { positionsAt, type Cursor, type ResponsePath } from './cursor.ts';
import type { Execution, Run } from './execution.ts';
import { noteDegradedFields } from './degraded.ts';
import { pathsOf } from './failures.ts';
import { compileVariables, errorsOf, pathOf, callsOf } from './fetch-call.ts';
import type { FetchAnswer } from './fetch.port.ts';
import { isJsonObject } from './json-object.ts';
import type { FetchNode } from './plan-json.ts';
import { compileRewrites, renamedKeys } from './rewrites.ts';

/** Compiles a fetch of root fields: its data belongs to whatever the cursor points at, usually the root. */
export const compileRootFetch = (node: FetchNode, facts: SchemaFacts): Run => {
  const callWith = callsOf(node);
  const variablesOf = compileVariables(node);
  const takeIn = compileTakeIn(node, facts);
  const keys = rootKeysOf(node.operation);
  return (execution, cursor, done) => {
    execution.turns.send({
      call: () => callWith(variablesOf(execution.variables)),
      onAnswer: (answer) => {
        takeIn(execution, cursor, answer);
        done();
      },
      onFailure: (cause) => {
        const paths = placesOf(execution, cursor).flatMap((path) => keys.map((key) => [...path, key]));
        execution.failures.ofCall(node.serviceName, cause, paths);
        done();
      },
    });
  };
};

/** What to do with the answer of a root fetch, however it came: events of a subscription come without being asked for. */
export const compileTakeIn = (
  node: FetchNode,
  facts: SchemaFacts,
): ((execution: Execution, cursor: Cursor, answer: FetchAnswer) => void) => {
  const alter = compileRewrites(node.outputRewrites, facts);
  const renamed = renamedKeys(node.outputRewrites);
  return (execution, cursor, answer) => {
    const { failures } = execution;
    const errors = errorsOf(answer);
    const places = errors.length > 0 ? placesOf(execution, cursor) : [];
    for (const error of errors) {
      const path = pathOf(error, renamed);
      if (path === undefined) failures.ofSubgraph(node.serviceName, error);
      else for (const place of places) failures.ofSubgraph(node.serviceName, error, [...place, ...path]);
    }
    const { data } = answer;
    if (isJsonObject(data)) {
      alter?.(data);
      execution.progress.structure += 1;
      for (const item of cursor.items) facts.merge(item, data);
      noteDegradedFields(failures, node.serviceName, answer.degraded, () =>
        placesOf(execution, cursor).flatMap((place) => Object.keys(data).map((key) => [...place, key])),
      );
    } else if (errors.length === 0) {
      const cause = engineErrors.SUBGRAPH_ANSWER_MALFORMED({ service: node.serviceName });
      failures.ofCall(node.serviceName, cause, placesOf(execution, cursor));
    }
  };
};

const placesOf = ({ root }: Execution, { path, items }: Cursor): readonly ResponsePath[] => {
  if (!path.includes('@')) return [path];
  const positions = positionsAt(root, path);
  return pathsOf(positions, items);
};

/** The response keys of the fields that a fetch asks for in any case. */
const rootKeysOf = (operation: string): readonly string[] => {
  const definition = parse(operation, { noLocation: true }).definitions.find(
    (each) => each.kind === Kind.OPERATION_DEFINITION && each.operation !== OperationTypeNode.SUBSCRIPTION,
  );
  return definition?.kind === Kind.OPERATION_DEFINITION ? keysOf(definition.selectionSet) : [];
};

const keysOf = ({ selections }: SelectionSetNode): readonly string[] =>
  selections.flatMap((selection) => {
    if ((selection.directives ?? []).length > 0) return [];
    if (selection.kind === Kind.FIELD) return [selection.alias?.value ?? selection.name.value];
    return selection.kind === Kind.INLINE_FRAGMENT ? keysOf(selection.selectionSet) : [];
  });
