import { assertNever } from '@saas/kernel';
import type { SchemaFacts } from '../schema-facts.ts';
import { compileFlatten } from './cursor.ts';
import { compileEntityFetch, type EntityFetchNode } from './entity-fetch.ts';
import type { Run } from './execution.ts';
import type { ConditionNode, DeferNode, FetchNode, FlattenNode, PlanNode } from './plan-json.ts';
import { compileRootFetch } from './root-fetch.ts';

/** Compiles a plan into functions: nothing of the plan is looked at while it runs. */
export const compilePlan = (root: PlanNode, facts: SchemaFacts): Run => {
  const options = { mayShare: !usesContexts(root) };

  const compile = (node: PlanNode): Run => {
    switch (node.kind) {
      case 'Sequence':
        return sequence(node.nodes.map(compile));
      case 'Parallel':
        return parallel(node.nodes.map(compile));
      case 'Flatten':
        return flatten(node, compile(node.node));
      case 'Condition':
        return condition(node, compile);
      case 'Defer':
        return undeferred(node, compile);
      case 'Fetch':
        return isEntityFetch(node) ? compileEntityFetch(node, facts, options) : compileRootFetch(node, facts);
      default:
        return assertNever(node);
    }
  };

  return compile(root);
};

/** A step that failed does not stop the next: its errors are told, and what it did not bring is not asked about. */
const sequence =
  (steps: readonly Run[]): Run =>
  async (execution, cursor) => {
    for (const step of steps) await step(execution, cursor);
  };

const parallel =
  (branches: readonly Run[]): Run =>
  (execution, cursor) => {
    const waiting = branches.map((branch) => branch(execution, cursor)).filter((each) => each !== undefined);
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
  };

const flatten = ({ path }: FlattenNode, inner: Run): Run => {
  const move = compileFlatten(path);
  return (execution, cursor) => {
    const moved = move(cursor);
    return moved.items.length === 0 ? undefined : inner(execution, moved);
  };
};

const condition = (node: ConditionNode, compile: (node: PlanNode) => Run): Run => {
  const whenTrue = node.ifClause && compile(node.ifClause);
  const whenFalse = node.elseClause && compile(node.elseClause);
  return (execution, cursor) => {
    const chosen = execution.isTrue(node.condition) ? whenTrue : whenFalse;
    return chosen?.(execution, cursor);
  };
};

/** Answers everything at once: first what is not deferred, then all that is. */
const undeferred = ({ primary, deferred }: DeferNode, compile: (node: PlanNode) => Run): Run => {
  const first = primary.node && compile(primary.node);
  const blocks = parallel(deferred.flatMap(({ node }) => (node === undefined ? [] : [compile(node)])));
  return async (execution, cursor) => {
    await first?.(execution, cursor);
    await blocks(execution, cursor);
  };
};

const isEntityFetch = (node: FetchNode): node is EntityFetchNode => node.requires !== undefined;

const usesContexts = (node: PlanNode): boolean => {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return node.nodes.some(usesContexts);
    case 'Flatten':
      return usesContexts(node.node);
    case 'Condition':
      return [node.ifClause, node.elseClause].some((each) => each !== undefined && usesContexts(each));
    case 'Defer':
      return [node.primary, ...node.deferred].some(
        (each) => each.node !== undefined && usesContexts(each.node),
      );
    case 'Fetch':
      return (node.contextRewrites ?? []).length > 0;
    default:
      return assertNever(node);
  }
};
