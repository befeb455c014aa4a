import type { Meter, ReadGauge } from '@saas/kernel';
import type { Bulkhead } from '@saas/resilience';
import { callMetrics } from './call-metrics.ts';
import type { FailureKind } from './failure-kinds.ts';
import type { UpstreamCall } from './upstream-call.ts';

/** Counts the calls of one client. */
export type CallMeter = {
  readonly ended: (
    call: Pick<UpstreamCall, 'isMutation'>,
    outcome: 'answered' | FailureKind,
    tookMs: number,
  ) => void;
  readonly shared: () => void;
  readonly retried: () => void;
  readonly hedged: () => void;
};

/** Counts the calls of all clients. */
export type CallMeters = {
  /** @param places of the client, read until `forget`. */
  of(subgraph: string, places: Places): CallMeter;
  forget(places: Places): void;
};

type Places = Pick<Bulkhead, 'running' | 'waiting'>;

/** One for the process: a subgraph that moves to another URL has two clients for a while, and their places are added up. */
export const callMeters = (meter: Meter): CallMeters => {
  const ended = meter.counter(callMetrics.upstream_calls_total);
  const took = meter.histogram(callMetrics.upstream_call_seconds);
  const shared = meter.counter(callMetrics.upstream_shared_calls_total);
  const retried = meter.counter(callMetrics.upstream_retries_total);
  const hedged = meter.counter(callMetrics.upstream_hedges_total);
  const open = new Map<Places, string>();
  meter.gauge(callMetrics.upstream_calls_in_flight, sumOf(open, 'running'));
  meter.gauge(callMetrics.upstream_calls_waiting, sumOf(open, 'waiting'));
  return {
    of: (subgraph, places) => {
      open.set(places, subgraph);
      const labels = { subgraph };
      return {
        ended: ({ isMutation }, outcome, tookMs) => {
          const kind = isMutation ? 'mutation' : 'query';
          ended({ subgraph, kind, outcome });
          took({ subgraph, kind }, tookMs / 1_000);
        },
        shared: () => shared(labels),
        retried: () => retried(labels),
        hedged: () => hedged(labels),
      };
    },
    forget: (places) => {
      open.delete(places);
    },
  };
};

const sumOf =
  (open: ReadonlyMap<Places, string>, what: keyof Places): ReadGauge<'subgraph'> =>
  () => {
    const sums = new Map<string, number>();
    for (const [places, subgraph] of open) sums.set(subgraph, (sums.get(subgraph) ?? 0) + places[what]);
    return [...sums].map(([subgraph, value]) => ({ labels: { subgraph }, value }));
  };
