import { partKey } from '../planning/defer-labels.ts';
import type { Cursor } from './cursor.ts';
import type { Execution, Run } from './execution.ts';
import type { Failures } from './failures.ts';
import { fetchesIn } from './fetches-in.ts';
import type { DeferNode, PlanNode } from './plan-json.ts';

/** What an execution tells of its deferred parts, by their `partKey`. */
export type DeferredParts = {
  /** A part is going to be fetched. Its errors are its own. */
  readonly begin: (key: string) => Failures;
  /** Everything that was begun is ended once. */
  readonly end: (key: string) => void;
};

type Compile = (node: PlanNode) => Run;
type Combine = (runs: readonly Run[]) => Run;

/**
 * Compiles a `Defer`. It is done when its primary part is; the others go on by themselves, each as soon as the fetches
 * that it depends on have ended, and all of them when the primary part has ended: a fetch that had nothing to do never
 * says so. Answered at once, it is done when everything is.
 */
export const compileDefer = (
  node: DeferNode,
  compile: Compile,
  { sequence, parallel }: { readonly sequence: Combine; readonly parallel: Combine },
): Run => {
  const primary = sequence(node.primary.node === undefined ? [] : [compile(node.primary.node)]);
  const blocks = node.deferred.map((deferred) => ({
    key: partKey(deferred.label ?? '', deferred.queryPath),
    depends: deferred.depends.map(({ id }) => id),
    run: sequence(deferred.node === undefined ? [] : [compile(deferred.node)]),
    // Of the root nothing has to be there first; but what changes something waits for its turn.
    isFree:
      deferred.queryPath.length === 0 &&
      fetchesIn(deferred.node).every(({ operationKind }) => operationKind === 'query'),
  }));
  const atOnce = sequence([primary, parallel(blocks.map(({ run }) => run))]);

  return (execution, cursor, done) => {
    if (execution.parts === undefined) {
      atOnce(execution, cursor, done);
      return;
    }
    const parts = blocks.map((block) => deferredPart(block, execution, cursor));
    const fetched = (id: string) => {
      execution.fetched?.(id);
      for (const part of parts) part.fetched(id);
    };
    for (const part of parts) part.startIfFree();
    primary({ ...execution, fetched }, cursor, () => {
      done();
      for (const part of parts) part.start();
    });
  };
};

type Block = {
  readonly key: string;
  readonly depends: readonly string[];
  readonly run: Run;
  readonly isFree: boolean;
};

/** One deferred part of one execution; it is started once, whoever says so first. */
const deferredPart = ({ key, depends, run, isFree }: Block, execution: Execution, cursor: Cursor) => {
  const missing = new Set(depends);
  const failures = execution.parts?.begin(key) ?? execution.failures;
  let isStarted = false;
  const start = () => {
    if (isStarted) return;
    isStarted = true;
    const own = { ...execution, failures, openBatches: new Map(), fetched: undefined };
    run(own, cursor, () => execution.parts?.end(key));
  };
  return {
    start,
    startIfFree: () => {
      if (isFree && missing.size === 0) start();
    },
    fetched: (id: string) => {
      if (missing.delete(id) && missing.size === 0) start();
    },
  };
};
