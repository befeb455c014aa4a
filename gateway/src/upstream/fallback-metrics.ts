import { defineMetrics, type Meter } from '@saas/kernel';
import type { FallbackStore } from './fallback-store.ts';

/** What the gateway answers from memory while subgraphs fail. */
export const fallbackMetrics = defineMetrics({
  gateway_fallback_answers_total: {
    kind: 'counter',
    help: 'Failed calls by what memory had for them: the whole answer, a part of the entities, or nothing (unknown).',
    labels: ['subgraph', 'outcome'],
  },
  gateway_fallback_entries: {
    kind: 'gauge',
    help: 'Answers and entities that are kept in memory.',
    labels: [],
  },
  gateway_fallback_bytes: {
    kind: 'gauge',
    help: 'Bytes of memory that they take, about.',
    labels: [],
  },
  gateway_fallback_suspended: {
    kind: 'gauge',
    help: '1 while nothing is answered from memory, because nobody would say whose rights have changed.',
    labels: [],
  },
});

export type FallbackMeter = {
  readonly count: (subgraph: string, outcome: 'whole' | 'part' | 'unknown') => void;
};

export const fallbackMeter = (meter: Meter, store: FallbackStore): FallbackMeter => {
  const answers = meter.counter(fallbackMetrics.gateway_fallback_answers_total);
  const gauge = (metric: 'entries' | 'bytes' | 'suspended', read: () => number): void =>
    meter.gauge(fallbackMetrics[`gateway_fallback_${metric}`], () => [{ labels: {}, value: read() }]);
  gauge('entries', () => store.size.entries);
  gauge('bytes', () => store.size.bytes);
  gauge('suspended', () => Number(store.isSuspended));
  return { count: (subgraph, outcome) => answers({ subgraph, outcome }) };
};
