import {
  executeIncrementally,
  type DeferredResult,
  type IncrementalPayload,
  type IncrementalResult,
} from '../index.ts';
import type { GraphUnderTest } from './graph-under-test.ts';

export type IncrementalAnswer = {
  readonly initial: IncrementalResult['initial'];
  readonly payloads: readonly IncrementalPayload[];
  readonly parts: readonly DeferredResult[];
  /** What a client has in the end. */
  readonly data: unknown;
  readonly errors: readonly unknown[];
};

/** Asks a graph and puts together what comes, as a client does. */
export const askIncrementally = async (
  graph: GraphUnderTest,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<IncrementalAnswer> => {
  const operation = graph.compile(query, undefined, variables);
  const { initial, rest } = await executeIncrementally(operation, { variables, fetch: graph.fetch });
  const payloads: IncrementalPayload[] = [];
  for await (const payload of rest) payloads.push(payload);
  const parts = payloads.flatMap(({ incremental }) => incremental);
  const errors = [initial, ...parts].flatMap((each) => [...each.errors, ...each.problems]);
  return { initial, payloads, parts, data: merged(initial.dataJson, parts), errors };
};

/** The data of an answer with that of its parts, each put where it belongs; fails where there is no such place. */
export const merged = (dataJson: string | undefined, parts: readonly DeferredResult[]): unknown => {
  const root = { data: JSON.parse(dataJson ?? 'null') as unknown };
  for (const { path, dataJson: json } of parts) {
    const at = ['data', ...path].reduce<unknown>((value, key) => (value as Json)[key], root);
    if (typeof at !== 'object' || at === null) throw new Error(`nothing is at ${path.join('.')}`);
    put(at as Json, JSON.parse(json) as Json);
  }
  return root.data;
};

type Json = Record<string | number, unknown>;

const put = (target: Json, source: Json | null): void => {
  for (const [key, value] of Object.entries(source ?? {})) {
    const present = Object.hasOwn(target, key) ? target[key] : undefined;
    if (typeof present === 'object' && present !== null && typeof value === 'object') {
      put(present as Json, value as Json);
    } else {
      Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
    }
  }
};
