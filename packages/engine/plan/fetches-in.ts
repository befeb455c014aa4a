import { assertNever } from '@saas/kernel';
import type { FetchNode, PlanNode } from './plan-json.ts';

/** All fetches at and below a node of a plan. */
export const fetchesIn = (node: PlanNode | undefined): readonly FetchNode[] => {
  if (node === undefined) return [];
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesIn);
    case 'Flatten':
      return fetchesIn(node.node);
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap(fetchesIn);
    case 'Defer':
      return [node.primary, ...node.deferred].flatMap((each) => fetchesIn(each.node));
    case 'Fetch':
      return [node];
    default:
      return assertNever(node);
  }
};
