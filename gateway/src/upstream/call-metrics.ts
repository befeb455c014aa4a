import { defineMetrics } from '@saas/kernel';

/** What becomes of calls to subgraphs. */
export const callMetrics = defineMetrics({
  upstream_calls_total: {
    kind: 'counter',
    help: 'Calls to a subgraph that have ended, by kind (query or mutation) and by outcome: answered, or a kind of failure (docs/resilience.md). Calls that were shared count for each caller, those that were repeated once.',
    labels: ['subgraph', 'kind', 'outcome'],
  },
  upstream_call_seconds: {
    kind: 'histogram',
    help: 'How long a caller waited for a call, in line and for repeats included.',
    labels: ['subgraph', 'kind'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  upstream_calls_in_flight: {
    kind: 'gauge',
    help: 'Calls that have a place in the bulkhead: sent, or to be sent again.',
    labels: ['subgraph'],
  },
  upstream_calls_waiting: {
    kind: 'gauge',
    help: 'Calls that stand in line for a place in the bulkhead.',
    labels: ['subgraph'],
  },
  upstream_retries_total: {
    kind: 'counter',
    help: 'Queries that were sent again after a failure, once for each time.',
    labels: ['subgraph'],
  },
  upstream_hedges_total: {
    kind: 'counter',
    help: 'Queries that were sent a second time because the first attempt took unusually long.',
    labels: ['subgraph'],
  },
  upstream_shared_calls_total: {
    kind: 'counter',
    help: 'Queries that were not sent, because the same one was on its way.',
    labels: ['subgraph'],
  },
});
