import { failureKindOf, failureKinds } from './failure-kinds.ts';
import type { FallbackRules } from './fallback-rules.ts';
import type { FallbackMeter } from './fallback-metrics.ts';
import { scopeReader } from './fallback-scope.ts';
import type { SharedAnswers } from './fallback-shared.ts';
import type { FallbackStore, FoundText, Remembered } from './fallback-store.ts';
import type { Layer, UpstreamAnswer, UpstreamCall } from './upstream-call.ts';

type Options = {
  readonly subgraph: string;
  readonly store: FallbackStore;
  /** Of the client's headers, those that the subgraph gets: what they say is part of who asks. */
  readonly propagate?: readonly string[] | undefined;
  readonly meter: FallbackMeter;
  /** What other gateways have kept, and may have of ours. */
  readonly shared?: SharedAnswers | undefined;
};

/**
 * Answers queries that fail with what the subgraph last said to the same caller; for the rest of the gateway such an answer
 * is marked as degraded. Of a query about entities those that are not known are null, and named.
 *
 * Requests that change anything neither get answers from memory nor leave any there: their context has no rules for it.
 */
export const fallbackLayer = ({ subgraph, store, propagate, meter, shared }: Options): Layer => {
  const scopeOf = scopeReader(propagate);
  const questionOf = questions(subgraph);

  const remembered = (call: UpstreamCall, rules: FallbackRules): Remembered | undefined => {
    const { query, variables, representationsJson } = call.request;
    const question = questionOf(query, rules);
    if (question === undefined) return undefined;
    const scope = scopeOf(call.context);
    const keys = keysOf(variables, representationsJson);
    return { scope, question, keys, isAboutEntities: representationsJson !== undefined };
  };
  const foundFor = async (asked: Remembered): Promise<readonly (FoundText | undefined)[]> => {
    const found = store.find(asked);
    const isLacking = shared !== undefined && !store.isSuspended && found.includes(undefined);
    return isLacking ? await shared.fill(asked, found) : found;
  };
  const insteadOf = async (
    error: unknown,
    call: UpstreamCall,
    rules: FallbackRules,
  ): Promise<UpstreamAnswer> => {
    if (!failureKinds[failureKindOf(error, call)].hasFallback) throw error;
    const asked = remembered(call, rules);
    const found = asked === undefined ? [] : await foundFor(asked);
    const answer = asked && answerFrom(found, asked.isAboutEntities, error);
    meter.count(subgraph, outcomeOf(answer));
    if (answer === undefined) throw error;
    return answer;
  };
  return (send) => async (call) => {
    const rules = call.context.fallback;
    if (rules === undefined || call.isMutation) return send(call);
    let answer;
    try {
      answer = await send(call);
    } catch (error) {
      return await insteadOf(error, call, rules);
    }
    if (answer.errors.length === 0) {
      const asked = remembered(call, rules);
      const kept = asked && store.keep(asked, answer.body, answer.sentAtMs);
      if (asked && kept) shared?.keep(asked, kept, answer.body, answer.sentAtMs);
    }
    return answer;
  };
};

/** Queries looked at; those of plans that were given up leave with the next clearing. */
const QUERIES_MAX = 10_000;

/** What a query is remembered as; undefined for one whose answers must not be kept. Each is looked into once. */
const questions = (subgraph: string) => {
  const known = new WeakMap<FallbackRules, Map<string, string | undefined>>();
  return (query: string, rules: FallbackRules): string | undefined => {
    let texts = known.get(rules);
    if (texts === undefined) known.set(rules, (texts = new Map()));
    const text = texts.get(query);
    if (text !== undefined || texts.has(query)) return text;
    if (texts.size >= QUERIES_MAX) texts.clear();
    const question = rules.mayKeep(query) ? `${subgraph} ${rules.generation} ${query}` : undefined;
    texts.set(query, question);
    return question;
  };
};

/** Two JSON texts in a row can be read in one way only. */
const keysOf = (
  variables: UpstreamCall['request']['variables'] = {},
  representationsJson: readonly string[] | undefined,
): readonly string[] => {
  if (representationsJson === undefined) return [JSON.stringify(variables)];
  const others = Object.keys(variables).some((name) => name !== 'representations');
  if (!others) return representationsJson;
  const prefix = JSON.stringify({ ...variables, representations: undefined });
  return representationsJson.map((json) => prefix + json);
};

const answerFrom = (
  found: readonly (FoundText | undefined)[],
  isAboutEntities: boolean,
  failure: unknown,
): UpstreamAnswer | undefined => {
  let oldestMs = Infinity;
  const missing: number[] = [];
  for (const [index, each] of found.entries()) {
    if (each === undefined) missing.push(index);
    else oldestMs = Math.min(oldestMs, each.atMs);
  }
  if (missing.length === found.length) return undefined;
  const nowMs = performance.now();
  const ageMs = Math.max(0, Math.round(nowMs - oldestMs));
  return {
    status: 200,
    data: isAboutEntities ? entitiesOf(found) : dataOf(found),
    errors: [],
    body: NOTHING,
    consistencyToken: undefined,
    sentAtMs: nowMs,
    degraded: { ageMs, missing, failure },
  };
};

const entitiesOf = (found: readonly (FoundText | undefined)[]): UpstreamAnswer['data'] => ({
  _entities: JSON.parse(`[${found.map((each) => each?.json ?? 'null').join(',')}]`) as unknown,
});

const dataOf = ([found]: readonly (FoundText | undefined)[]): UpstreamAnswer['data'] =>
  (JSON.parse(found?.json ?? '{}') as Pick<UpstreamAnswer, 'data'>).data;

const outcomeOf = (answer: UpstreamAnswer | undefined) => {
  if (answer === undefined) return 'unknown';
  return answer.degraded?.missing.length === 0 ? 'whole' : 'part';
};

const NOTHING = Buffer.alloc(0);
