import { anonymous, type Viewer } from '@saas/auth';
import type { Meter, Sample } from '@saas/kernel';
import {
  breaker,
  type Breaker,
  type BreakerHints,
  type BreakerSettings,
  type BreakerState,
} from '@saas/resilience';
import type { HealthReport, HealthSource, Logger } from '@saas/telemetry';
import { breakerLayer } from './breaker-layer.ts';
import { breakerMetrics } from './breaker-metrics.ts';
import { probeSubgraph, type ProbedKind } from './breaker-probe.ts';
import type { GatewayContext } from './gateway-context.ts';
import { tokenKeeper } from './token-keeper.ts';
import type { Layer, Send, UpstreamCall } from './upstream-call.ts';

/** Name of the check in `/health`. */
export const BREAKERS_CHECK = 'breakers';

/** A subgraph that needs longer to say its root type's name is not back. */
const PROBE_MS_MAX = 2_000;

/** One for queries and one for mutations: a subgraph that cannot write may still be read. */
export type SubgraphBreakers = {
  readonly layer: Layer;
  /** Whether such calls pass at the moment. */
  readonly isClosed: (call: Pick<UpstreamCall, 'isMutation'>) => boolean;
  readonly stop: () => void;
};

type Settings = { readonly timeoutMs: number; readonly breaker: BreakerSettings };

/** The breakers of all subgraphs that are called. */
export type Breakers = {
  /** For a subgraph as it is called at one URL; whoever opened them stops them. */
  readonly open: (subgraph: string, settings: Settings) => SubgraphBreakers;
  /** Degraded while one is not closed, with each as a part. */
  readonly health: HealthSource;
  /** No hint is heard any more. */
  readonly close: () => void;
};

type Options = {
  readonly logger: Logger;
  readonly meter: Meter;
  /** Signs who asks; a probe is nobody in particular. */
  readonly identitiesOf: (viewer: Viewer) => GatewayContext['identityFor'];
  /** Of other gateways; none unless given. */
  readonly hints?: BreakerHints | undefined;
};

type Circuit = {
  readonly subgraph: string;
  readonly kind: ProbedKind;
  /** In hints and in health. */
  readonly name: string;
  readonly resetMs: number;
  readonly breaker: Breaker;
};

export const breakers = ({ logger, meter, identitiesOf, hints }: Options): Breakers => {
  const circuits = new Set<Circuit>();
  const onProbe = meter.counter(breakerMetrics.subgraph_breaker_probes_total);
  const tellChange = changeTeller(logger, meter, hints);
  meter.gauge(breakerMetrics.subgraph_breaker_state, () => samplesOf(circuits));
  const stopListening = hints?.listen(({ circuit: name, change }) => {
    for (const circuit of circuits) {
      if (circuit.name !== name) continue;
      if (change === 'opened') circuit.breaker.expectFailure(circuit.resetMs);
      else circuit.breaker.probeSoon();
    }
  });

  const openOne = (subgraph: string, kind: ProbedKind, settings: Settings, wire: () => Send): Circuit => {
    const probeMs = Math.min(settings.timeoutMs, PROBE_MS_MAX);
    const onChange = tellChange(subgraph, kind);
    const circuit: Circuit = {
      subgraph,
      kind,
      name: `${subgraph}:${kind}`,
      resetMs: settings.breaker.resetMs,
      breaker: breaker({
        ...settings.breaker,
        probeMs,
        probe: () => probeSubgraph(wire(), kind, probeContext(logger, identitiesOf(anonymous), probeMs)),
        onChange,
        onProbe: (outcome) => onProbe({ subgraph, kind, outcome }),
      }),
    };
    circuits.add(circuit);
    return circuit;
  };
  return {
    open: (subgraph, settings) => {
      let wire: Send = nowhere;
      const query = openOne(subgraph, 'query', settings, () => wire);
      const mutation = openOne(subgraph, 'mutation', settings, () => wire);
      const breakerOf = ({ isMutation }: Pick<UpstreamCall, 'isMutation'>): Breaker =>
        (isMutation ? mutation : query).breaker;
      const layer = breakerLayer(breakerOf);
      return {
        layer: (send) => {
          wire = send;
          return layer(send);
        },
        isClosed: (call) => breakerOf(call).state === 'closed',
        stop: () => {
          for (const circuit of [query, mutation]) {
            circuits.delete(circuit);
            circuit.breaker.stop();
          }
        },
      };
    },
    health: { name: BREAKERS_CHECK, isCritical: false, check: async () => reportOf(circuits) },
    close: () => stopListening?.(),
  };
};

/** A breaker opens by calls, and those come through its layer. */
const nowhere: Send = async () => Promise.reject(new Error('A probe came before any call.'));

/** Counts every change and hints at it; of all the probes of a subgraph that stays away, no line is written. */
const changeTeller = (logger: Logger, meter: Meter, hints: BreakerHints | undefined) => {
  const count = meter.counter(breakerMetrics.subgraph_breaker_changes_total);
  return (subgraph: string, kind: ProbedKind) => {
    let isOpen = false;
    return (to: BreakerState): void => {
      count({ subgraph, kind, to });
      if (to === 'half-open') return;
      hints?.publish({ circuit: `${subgraph}:${kind}`, change: to === 'open' ? 'opened' : 'closed' });
      if (to === 'open' && !isOpen)
        logger.warn({ subgraph, kind }, 'calls to a subgraph are refused: too many have failed');
      if (to === 'closed') logger.info({ subgraph, kind }, 'calls to a subgraph are let through again');
      isOpen = to === 'open';
    };
  };
};

const probeContext = (
  logger: Logger,
  identityFor: GatewayContext['identityFor'],
  probeMs: number,
): GatewayContext => ({
  requestId: 'breaker-probe',
  logger,
  viewer: anonymous,
  signal: { aborted: false },
  deadlineAtMs: performance.now() + probeMs,
  tokens: tokenKeeper(),
  identityFor,
});

const SEVERITY: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** By name, the worst of those that have it: while supergraphs change, a subgraph may be called at two URLs. */
const worstOf = (circuits: Iterable<Circuit>): readonly Circuit[] => {
  const worst = new Map<string, Circuit>();
  for (const circuit of circuits) {
    const known = worst.get(circuit.name);
    if (known === undefined || SEVERITY[known.breaker.state] < SEVERITY[circuit.breaker.state])
      worst.set(circuit.name, circuit);
  }
  return [...worst.values()];
};

const samplesOf = (circuits: Iterable<Circuit>): readonly Sample<'subgraph' | 'kind'>[] =>
  worstOf(circuits).map(({ subgraph, kind, breaker: { state } }) => ({
    labels: { subgraph, kind },
    value: SEVERITY[state],
  }));

const reportOf = (circuits: Iterable<Circuit>): HealthReport => {
  const parts = worstOf(circuits).map(({ name, breaker: { state } }) => ({
    name,
    status: state === 'closed' ? ('up' as const) : ('degraded' as const),
    details: { state },
  }));
  return { status: parts.every(({ status }) => status === 'up') ? 'up' : 'degraded', parts };
};
