import { engineErrors } from '../engine.errors.ts';
import type { SchemaFacts } from '../schema-facts.ts';
import { compileMergeEntities } from './answered-entities.ts';
import { compileBringsData } from './conditional-fetch.ts';
import { compileUnneededKeys } from './conditional-needs.ts';
import { compileContext, entitiesByContext } from './context-values.ts';
import { noteDegradedEntities } from './degraded.ts';
import { addPlace, openBatch, partOf, type EntityBatch } from './entity-batch.ts';
import { reportAll, reportEach } from './entity-failures.ts';
import type { Execution, Run } from './execution.ts';
import { compileVariables, errorsOf, callsOf } from './fetch-call.ts';
import type { FetchAnswer, FetchCall } from './fetch.port.ts';
import { isJsonObject } from './json-object.ts';
import type { FetchNode, RequiredSelection } from './plan-json.ts';
import { compileTelling, toldByKey, type Telling } from './representation.ts';
import { compileRewrites, renamedKeys } from './rewrites.ts';

/** A fetch with `requires`. */
export type EntityFetchNode = FetchNode & { readonly requires: readonly RequiredSelection[] };

type TellingFor = (execution: Execution) => Telling;

/** What the entity fetches of one plan have in common. */
export type EntityFetchOptions = {
  /** See `compileMergeEntities`. */
  readonly mayShare: boolean;
  readonly tellings: Map<string, TellingFor>;
};

/** No call is made larger than this by joining what several places of the plan ask. */
const joinedMax = 1_000;

/**
 * Compiles a fetch of entities: tells a subgraph about the objects at the cursor and merges what it answers. Fetches
 * that become ready in one turn and ask the same at several places of the plan are one call.
 */
export const compileEntityFetch = (
  node: EntityFetchNode,
  facts: SchemaFacts,
  options: EntityFetchOptions,
): Run => {
  const run = compileCalls(node, facts, options);
  const bringsData = compileBringsData(node, facts);
  if (bringsData === undefined) return run;
  return (execution, cursor, done) => (bringsData(execution.isTrue) ? run(execution, cursor, done) : done());
};

const compileCalls = (node: EntityFetchNode, facts: SchemaFacts, options: EntityFetchOptions): Run => {
  const question = questionOf(node);
  const tellingFor = sharedTellings(node, question, facts, options);
  const readContext = compileContext(node.contextRewrites, facts);
  const send = compileSending(node, facts, options);
  if (readContext !== undefined) {
    return (execution, cursor, done) => {
      const telling = tellingFor(execution);
      let running = 1;
      const ended = () => {
        running -= 1;
        if (running === 0) done();
      };
      for (const { variables, entities } of entitiesByContext(execution.root, cursor, readContext)) {
        const batch = openBatch(telling);
        if (!addPlace(batch, entities, telling, { cursor, done: ended })) continue;
        running += 1;
        send(execution, batch, { variables });
      }
      ended();
    };
  }

  return (execution, cursor, done) => {
    const { openBatches } = execution;
    const open = openBatches.get(question);
    const mayJoin = open !== undefined && open.json.length + cursor.items.length <= joinedMax;
    const telling = tellingFor(execution);
    const batch = mayJoin ? open : openBatch(telling);
    if (!addPlace(batch, cursor.items, telling, { cursor, done })) {
      done();
    } else if (!mayJoin) {
      openBatches.set(question, batch);
      send(execution, batch, { onSent: () => openBatches.delete(question) });
    }
  };
};

/** Equal for fetches that ask the same of entities, whatever the planner called their operations. */
const questionOf = ({ serviceName, operation, operationName = '', outputRewrites }: FetchNode): string =>
  JSON.stringify([serviceName, operation.replace(` ${operationName}`, ' '), outputRewrites]);

/** Fetches that tell their entities in the same way share it, so that they can see what has been told already. */
const sharedTellings = (
  node: EntityFetchNode,
  question: string,
  facts: SchemaFacts,
  { tellings }: EntityFetchOptions,
): TellingFor => {
  const key = JSON.stringify([question, node.requires, node.inputRewrites]);
  const known = tellings.get(key) ?? compileTellings(node, facts);
  tellings.set(key, known);
  return known;
};

/** Ways to tell entities that are kept per fetch: one for each combination of its conditions. */
const tellingsMax = 64;

const compileTellings = (node: EntityFetchNode, facts: SchemaFacts): TellingFor => {
  const alter = compileRewrites(node.inputRewrites, facts);
  const compile = (unneeded: ReadonlySet<string>) =>
    toldByKey(
      compileTelling({ selections: node.requires, alter, unneeded }, facts),
      { service: node.serviceName, selections: node.requires },
      facts,
    );
  const telling = compile(new Set());
  const unneededKeys = compileUnneededKeys(node, facts);
  if (unneededKeys === undefined) return () => telling;
  const tellings = new Map<string, Telling>();
  return ({ isTrue }) => {
    const unneeded = unneededKeys(isTrue);
    if (unneeded.size === 0) return telling;
    const key = [...unneeded].join(' ');
    const known = tellings.get(key) ?? compile(unneeded);
    if (tellings.size >= tellingsMax) tellings.clear();
    tellings.set(key, known);
    return known;
  };
};

type Extras = {
  /** Variables that these entities have in common: the values of their contexts. */
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly onSent?: () => void;
};
type Send = (execution: Execution, batch: EntityBatch, extras: Extras) => void;

const compileSending = (node: EntityFetchNode, facts: SchemaFacts, options: EntityFetchOptions): Send => {
  const callWith = callsOf(node);
  const variablesOf = compileVariables(node);
  const takeIn = compileTakeIn(node, facts, options);

  const callOf = (execution: Execution, batch: EntityBatch, { variables }: Extras): FetchCall => {
    const given = variablesOf(execution.variables);
    if (variables !== undefined) Object.assign(given, variables);
    return callWith(given, batch.json);
  };

  const send: Send = (execution, batch, extras) => {
    execution.turns.send({
      call: () => {
        extras.onSent?.();
        return callOf(execution, batch, extras);
      },
      onAnswer: (answer) => {
        if (batch.places.length > 1 && isSpoilt(answer)) {
          for (const place of batch.places) send(execution, partOf(batch, place), {});
          return;
        }
        takeIn(execution, batch, answer);
        for (const { done } of batch.places) done();
      },
      onFailure: (cause) => {
        reportAll(execution, batch, node.serviceName, cause);
        for (const { done } of batch.places) done();
      },
    });
  };
  return send;
};

/** Nothing came but errors: of several places one may have spoilt it for all, so that each asks again for itself. */
const isSpoilt = (answer: FetchAnswer): boolean => {
  if (errorsOf(answer).length === 0) return false;
  const { data } = answer;
  const entities = isJsonObject(data) ? data['_entities'] : data;
  return entities === null || entities === undefined;
};

const compileTakeIn = (node: EntityFetchNode, facts: SchemaFacts, options: EntityFetchOptions) => {
  const alter = compileRewrites(node.outputRewrites, facts);
  const renamed = renamedKeys(node.outputRewrites);
  const merge = compileMergeEntities(node, facts, options);
  const service = node.serviceName;
  return (execution: Execution, batch: EntityBatch, answer: FetchAnswer): void => {
    const errors = errorsOf(answer);
    if (errors.length > 0) reportEach(execution, batch, { service, errors, renamed });
    if (isSpoilt(answer)) return;
    const entities = isJsonObject(answer.data) ? answer.data['_entities'] : undefined;
    if (!Array.isArray(entities) || entities.length !== batch.json.length) {
      reportAll(execution, batch, service, engineErrors.SUBGRAPH_ANSWER_MALFORMED({ service }));
      return;
    }
    alter?.(entities);
    merge(batch, entities, execution.progress);
    noteDegradedEntities(execution, service, answer.degraded, batch, entities);
  };
};
