import { assertNever } from '@saas/kernel';
import type { SchemaFacts } from '../schema-facts.ts';
import type { Cursor } from './cursor.ts';
import { compileEntityFetch, type EntityFetchNode } from './entity-fetch.ts';
import type { Done, Execution, Run } from './execution.ts';
import { compileDefer } from './deferred-parts.ts';
import { fetchesIn } from './fetches-in.ts';
import { compileFlatten } from './flatten.ts';
import { foldingIn, type MayFold } from './folding.ts';
import type { ConditionNode, FetchNode, FlattenNode, PlanNode } from './plan-json.ts';
import { compileRootFetch } from './root-fetch.ts';

/** Compiles a plan into functions: nothing of the plan is looked at while it runs. */
export const compilePlan = (root: PlanNode, facts: SchemaFacts): Run => {
  const options = { mayShare: !fetchesIn(root).some(usesContext), tellings: new Map() };
  const mayFold = options.mayShare ? foldingIn(root) : () => false;

  const compile = (node: PlanNode): Run => {
    switch (node.kind) {
      case 'Sequence':
        return sequence(node.nodes.map(compile));
      case 'Parallel':
        return parallel(node.nodes.map(compile));
      case 'Flatten':
        return flatten(node, compile(node.node), mayFold);
      case 'Condition':
        return condition(node, compile);
      case 'Defer':
        return compileDefer(node, compile, { sequence, parallel });
      case 'Fetch':
        return telling(
          node.id,
          isEntityFetch(node) ? compileEntityFetch(node, facts, options) : compileRootFetch(node, facts),
        );
      default:
        return assertNever(node);
    }
  };

  return compile(root);
};

/**
 * A step that failed does not stop the next: its errors are told, and what it did not bring is not asked about.
 * Steps that end at once are counted off in a loop: a long plan must not become a deep stack.
 */
const sequence = (steps: readonly Run[]): Run => {
  const goOn = (execution: Execution, cursor: Cursor, done: Done, from: number): void => {
    for (let index = from; index < steps.length; index += 1) {
      const step = { hasEnded: false, isWaitedFor: false };
      steps[index]?.(execution, cursor, () => {
        step.hasEnded = true;
        if (step.isWaitedFor) goOn(execution, cursor, done, index + 1);
      });
      if (!step.hasEnded) {
        step.isWaitedFor = true;
        return;
      }
    }
    done();
  };
  return (execution, cursor, done) => goOn(execution, cursor, done, 0);
};

const parallel =
  (branches: readonly Run[]): Run =>
  (execution, cursor, done) => {
    let running = branches.length;
    if (running === 0) done();
    const ended = () => {
      running -= 1;
      if (running === 0) done();
    };
    for (const branch of branches) branch(execution, cursor, ended);
  };

const flatten = ({ path }: FlattenNode, inner: Run, mayFold: MayFold): Run => {
  const move = compileFlatten(path, mayFold(path));
  return (execution, cursor, done) => {
    const moved = move(execution, cursor);
    if (moved.items.length === 0) done();
    else inner(execution, moved, done);
  };
};

const condition = (node: ConditionNode, compile: (node: PlanNode) => Run): Run => {
  const whenTrue = node.ifClause && compile(node.ifClause);
  const whenFalse = node.elseClause && compile(node.elseClause);
  return (execution, cursor, done) => {
    const chosen = execution.isTrue(node.condition) ? whenTrue : whenFalse;
    if (chosen === undefined) done();
    else chosen(execution, cursor, done);
  };
};

/** Tells those who wait for this very fetch that it has ended. */
const telling = (id: string | undefined, run: Run): Run =>
  id === undefined
    ? run
    : (execution, cursor, done) =>
        run(execution, cursor, () => {
          execution.fetched?.(id);
          done();
        });

const isEntityFetch = (node: FetchNode): node is EntityFetchNode => node.requires !== undefined;

const usesContext = ({ contextRewrites = [] }: FetchNode): boolean => contextRewrites.length > 0;
