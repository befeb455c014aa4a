import { engineErrors } from '../engine.errors.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import type { PlanNode, QueryPlan, SubscriptionNode } from './plan-json.ts';

/**
 * Checks that `json` is a plan of which everything is known to us. A planner of a later version may write nodes that
 * mean something we would leave out; we refuse them rather than answer wrongly.
 *
 * @throws {AppError} `PLAN_UNSUPPORTED`, its field `found` naming what is not known.
 */
export const readPlan = (json: unknown): QueryPlan => {
  const plan = objectOf(json, 'plan');
  if (plan['kind'] !== 'QueryPlan') throw unsupported(plan['kind']);
  const { node } = plan;
  if (node === undefined || node === null) return { kind: 'QueryPlan' };
  if (isJsonObject(node) && node['kind'] === 'Subscription') checkSubscription(node);
  else checkNode(node);
  return { kind: 'QueryPlan', node: node as PlanNode | SubscriptionNode };
};

const checkSubscription = (node: JsonObject): void => {
  checkFetch(objectOf(node['primary'], 'primary'));
  if (node['rest']) checkNode(node['rest']);
};

const checkNode = (value: unknown): void => {
  const node = objectOf(value, 'node');
  const check = checks.get(node['kind']);
  if (check === undefined) throw unsupported(node['kind']);
  check(node);
};

const checkNodes = (node: JsonObject): void => {
  for (const each of listOf(node['nodes'], 'nodes')) checkNode(each);
};

const checkFlatten = (node: JsonObject): void => {
  for (const element of namesOf(node['path'], 'path')) {
    // `@|[A,B]` is written by planners told to fetch per type condition; ours is not.
    if (element.includes('|')) throw unsupported(element);
  }
  checkNode(node['node']);
};

const checkCondition = (node: JsonObject): void => {
  textOf(node['condition'], 'condition');
  if (node['ifClause']) checkNode(node['ifClause']);
  if (node['elseClause']) checkNode(node['elseClause']);
};

const checkDefer = (node: JsonObject): void => {
  const primary = objectOf(node['primary'], 'primary');
  if (primary['node']) checkNode(primary['node']);
  for (const each of listOf(node['deferred'], 'deferred')) {
    const { node: inner } = objectOf(each, 'deferred');
    if (inner) checkNode(inner);
  }
};

const checkFetch = (node: JsonObject): void => {
  textOf(node['serviceName'], 'serviceName');
  textOf(node['operation'], 'operation');
  if (!operationKinds.has(node['operationKind'])) throw unsupported(node['operationKind']);
  namesOf(node['variableUsages'] ?? [], 'variableUsages');
  if (node['requires'] !== undefined) checkSelections(node['requires']);
  checkRewrites(node['inputRewrites'], rewriteKinds);
  checkRewrites(node['outputRewrites'], rewriteKinds);
  checkRewrites(node['contextRewrites'], renamerAlone);
};

const checkSelections = (selections: unknown): void => {
  for (const each of listOf(selections, 'requires')) {
    const selection = objectOf(each, 'requires');
    if (selection['kind'] === 'Field') textOf(selection['name'], 'name');
    else if (selection['kind'] !== 'InlineFragment') throw unsupported(selection['kind']);
    if (selection['selections'] !== undefined) checkSelections(selection['selections']);
  }
};

const checkRewrites = (rewrites: unknown, kinds: ReadonlySet<unknown>): void => {
  for (const each of listOf(rewrites ?? [], 'rewrites')) {
    const rewrite = objectOf(each, 'rewrites');
    if (!kinds.has(rewrite['kind'])) throw unsupported(rewrite['kind']);
    const path = namesOf(rewrite['path'], 'path');
    if (path.length === 0) throw unsupported('empty path');
    if (rewrite['kind'] === 'KeyRenamer') textOf(rewrite['renameKeyTo'], 'renameKeyTo');
  }
};

const checks: ReadonlyMap<unknown, (node: JsonObject) => void> = new Map([
  ['Sequence', checkNodes],
  ['Parallel', checkNodes],
  ['Flatten', checkFlatten],
  ['Condition', checkCondition],
  ['Defer', checkDefer],
  ['Fetch', checkFetch],
]);

const operationKinds: ReadonlySet<unknown> = new Set(['query', 'mutation', 'subscription']);
const rewriteKinds: ReadonlySet<unknown> = new Set(['ValueSetter', 'KeyRenamer']);
const renamerAlone: ReadonlySet<unknown> = new Set(['KeyRenamer']);

const objectOf = (value: unknown, what: string): JsonObject => {
  if (!isJsonObject(value)) throw unsupported(`${what} that is no object`);
  return value;
};

const listOf = (value: unknown, what: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw unsupported(`${what} that is no list`);
  return value;
};

const textOf = (value: unknown, what: string): string => {
  if (typeof value !== 'string') throw unsupported(`${what} that is no text`);
  return value;
};

const namesOf = (value: unknown, what: string): readonly string[] =>
  listOf(value, what).map((each) => textOf(each, what));

const unsupported = (found: unknown) => engineErrors.PLAN_UNSUPPORTED({ found: String(found) });
