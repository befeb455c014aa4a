import { defineMetrics } from '@saas/kernel';

/** What a subgraph's shell knows of its requests. */
export const subgraphMetrics = defineMetrics({
  subgraph_requests_in_hand: {
    kind: 'gauge',
    help: 'Requests that are worked on, also those whose caller has gone until their work has stopped.',
    labels: [],
  },
});
