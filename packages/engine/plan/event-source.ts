import type { SchemaFacts } from '../schema-facts.ts';
import type { Cursor } from './cursor.ts';
import type { Execution } from './execution.ts';
import { callsOf, compileVariables } from './fetch-call.ts';
import type { FetchAnswer, FetchCall } from './fetch.port.ts';
import type { FetchNode } from './plan-json.ts';
import { compileTakeIn } from './root-fetch.ts';

/** Where the events of a subscription come from. */
export type EventSource = {
  /** What the subgraph is to be asked, once. */
  readonly callFor: (variables: Execution['variables']) => FetchCall;
  /** What each of its answers means. */
  readonly takeIn: (execution: Execution, cursor: Cursor, answer: FetchAnswer) => void;
};

/** Compiles the primary fetch of a subscription. */
export const compileEventSource = (node: FetchNode, facts: SchemaFacts): EventSource => {
  const callWith = callsOf(node);
  const variablesOf = compileVariables(node);
  return {
    callFor: (variables) => callWith(variablesOf(variables)),
    takeIn: compileTakeIn(node, facts),
  };
};
