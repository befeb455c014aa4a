import { engineErrors } from '../engine.errors.ts';
import type { SchemaFacts } from '../schema-facts.ts';
import { compileUnneededKeys } from './conditional-needs.ts';
import { compileContext } from './context-values.ts';
import { positionsAt, type Cursor, type Position, type ResponsePath } from './cursor.ts';
import type { Execution, Run } from './execution.ts';
import { pathsOf } from './failures.ts';
import { compileVariables, errorsOf, pathOf, unchangingCall } from './fetch-call.ts';
import type { FetchAnswer, FetchCall, SubgraphError } from './fetch.port.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import type { FetchNode, RequiredSelection } from './plan-json.ts';
import { compileEntityKey } from './entity-key.ts';
import { batchEntities, type EntityBatch } from './representations.ts';
import { compileRequires, type ReadRepresentation } from './requires.ts';
import { compileRewrites, renamedKeys } from './rewrites.ts';

/** A fetch with `requires`. */
export type EntityFetchNode = FetchNode & { readonly requires: readonly RequiredSelection[] };

/**
 * Compiles a fetch of entities: tells a subgraph about the objects at the cursor and merges what it answers.
 *
 * @param options.mayShare whether objects of an answer may become parts of several entities that were told alike. Not
 *   so in plans with contexts: what is below one object may have to differ from what is below the other.
 */
export const compileEntityFetch = (
  node: EntityFetchNode,
  facts: SchemaFacts,
  options: { readonly mayShare: boolean },
): Run => {
  const readFor = compileReading(node, facts);
  const keyOf = compileEntityKey(node.requires, facts);
  const alter = compileRewrites(node.inputRewrites, facts);
  const readContext = compileContext(node.contextRewrites, facts);
  const call = unchangingCall(node);
  const variablesOf = compileVariables(node);
  const takeIn = compileTakeIn(node, facts, options.mayShare);

  return (execution, cursor, done) => {
    const contextOf = readContext && contextReader(readContext, execution, cursor);
    const batches = batchEntities(cursor.items, { keyOf, read: readFor(execution), alter, contextOf });
    let running = batches.length;
    if (running === 0) done();
    const ended = () => {
      running -= 1;
      if (running === 0) done();
    };
    for (const batch of batches) {
      execution.turns.send({
        call: () => callFor(call, variablesOf(execution.variables), batch),
        onAnswer: (answer) => {
          takeIn(execution, cursor, batch, answer);
          ended();
        },
        onFailure: (cause) => {
          reportAll(execution, cursor, batch, call.service, cause);
          ended();
        },
      });
    }
  };
};

/** Ways to read representations that are kept per fetch: one for each combination of its conditions. */
const readersMax = 64;

const compileReading = (
  node: EntityFetchNode,
  facts: SchemaFacts,
): ((execution: Execution) => ReadRepresentation) => {
  const read = compileRequires(node.requires, facts);
  const unneededKeys = compileUnneededKeys(node, facts);
  if (unneededKeys === undefined) return () => read;
  const readers = new Map<string, ReadRepresentation>();
  return ({ isTrue }) => {
    const unneeded = unneededKeys(isTrue);
    if (unneeded.size === 0) return read;
    const key = [...unneeded].join(' ');
    const reader = readers.get(key) ?? compileRequires(node.requires, facts, unneeded);
    if (readers.size >= readersMax) readers.clear();
    readers.set(key, reader);
    return reader;
  };
};

const contextReader = (
  read: (position: Position) => Readonly<Record<string, unknown>>,
  { root }: Execution,
  { path }: Cursor,
) => {
  const positions = positionsAt(root, path);
  return (entity: JsonObject) => {
    const position = positions.get(entity)?.[0];
    return position === undefined ? {} : read(position);
  };
};

const callFor = (
  call: Omit<FetchCall, 'variables'>,
  variables: Record<string, unknown>,
  batch: EntityBatch,
): FetchCall => {
  Object.assign(variables, batch.variables);
  variables['representations'] = batch.representations;
  return { ...call, variables, representationsJson: batch.json };
};

const compileTakeIn = (node: EntityFetchNode, facts: SchemaFacts, mayShare: boolean) => {
  const alter = compileRewrites(node.outputRewrites, facts);
  const renamed = renamedKeys(node.outputRewrites);
  const service = node.serviceName;
  return (execution: Execution, cursor: Cursor, batch: EntityBatch, answer: FetchAnswer): void => {
    const errors = errorsOf(answer);
    if (errors.length > 0) reportEach(execution, cursor, batch, { service, errors, renamed });
    const { data } = answer;
    if ((data === null || data === undefined) && errors.length > 0) return;
    const entities = isJsonObject(data) ? data['_entities'] : undefined;
    if (!Array.isArray(entities) || entities.length !== batch.targets.length) {
      // A list that is null because of an error is that error's business.
      if (errors.length > 0 && (entities === null || entities === undefined)) return;
      reportAll(execution, cursor, batch, service, engineErrors.SUBGRAPH_ANSWER_MALFORMED({ service }));
      return;
    }
    for (let index = 0; index < entities.length; index += 1) {
      const entity: unknown = entities[index];
      if (!isJsonObject(entity)) continue;
      alter?.(entity);
      let isFirst = true;
      for (const target of batch.targets[index] ?? []) {
        facts.merge(target, mayShare || isFirst ? entity : structuredClone(entity));
        isFirst = false;
      }
    }
  };
};

/** `_entities.2.name` is told at every place where the third representation came from. */
const reportEach = (
  { root, failures }: Execution,
  cursor: Cursor,
  batch: EntityBatch,
  answer: {
    readonly service: string;
    readonly errors: readonly SubgraphError[];
    readonly renamed: ReadonlyMap<unknown, string>;
  },
): void => {
  const positions = positionsAt(root, cursor.path);
  for (const error of answer.errors) {
    const [first, index, ...rest] = pathOf(error, answer.renamed) ?? [];
    const targets = first === '_entities' && typeof index === 'number' ? batch.targets[index] : undefined;
    const places = placesOf(positions, targets ?? batch.targets.flat());
    if (places.length === 0) failures.ofSubgraph(answer.service, error);
    const told = targets === undefined ? places.slice(0, 1) : places;
    for (const place of told) failures.ofSubgraph(answer.service, error, [...place, ...rest]);
  }
};

const reportAll = (
  { root, failures }: Execution,
  cursor: Cursor,
  batch: EntityBatch,
  service: string,
  cause: unknown,
): void => {
  failures.ofCall(service, cause, placesOf(positionsAt(root, cursor.path), batch.targets.flat()));
};

const placesOf = (
  positions: ReadonlyMap<JsonObject, readonly Position[]>,
  entities: readonly JsonObject[],
): readonly ResponsePath[] => [...new Set(entities)].flatMap((entity) => pathsOf(positions.get(entity)));
