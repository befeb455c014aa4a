import { defineMetrics } from '@saas/kernel';

/** What refuses calls to subgraphs that fail. */
export const breakerMetrics = defineMetrics({
  subgraph_breaker_state: {
    kind: 'gauge',
    help: '0 while calls pass (closed), 1 while the subgraph is being tried out (half-open), 2 while calls are refused (open).',
    labels: ['subgraph', 'kind'],
  },
  subgraph_breaker_changes_total: {
    kind: 'counter',
    help: 'Changes of state, by the state that was changed to.',
    labels: ['subgraph', 'kind', 'to'],
  },
  subgraph_breaker_probes_total: {
    kind: 'counter',
    help: 'Requests that were sent to find out whether a subgraph is back, by how they ended.',
    labels: ['subgraph', 'kind', 'outcome'],
  },
});
