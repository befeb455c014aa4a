import { bulkhead, latencyWindow, retryBudget, type Bulkhead } from '@saas/resilience';
import { bulkheadLayer } from './bulkhead-layer.ts';
import type { BulkheadSettings } from './bulkhead-settings.ts';
import type { CallMeter } from './call-meter.ts';
import { callScope } from './call-scope.ts';
import { callWatch } from './call-watch.ts';
import { hedgeLayer } from './hedge-layer.ts';
import { meteredLayer } from './metered-layer.ts';
import { pauseOf } from './pause.ts';
import type { HeaderRules } from './request-headers.ts';
import { retryLayer } from './retry-layer.ts';
import type { RetrySettings } from './retry-settings.ts';
import { shareLayer } from './share-layer.ts';
import type { Layer, Send, UpstreamCall } from './upstream-call.ts';

export type LayerSettings = {
  /** Bounds the calls on their way, where `bulkhead` does not. */
  readonly connectionsMax: number;
  /** Which of the client's headers are sent on. */
  readonly headers: HeaderRules | undefined;
  readonly dedupe: boolean;
  readonly bulkhead: BulkheadSettings;
  readonly retry: RetrySettings;
  readonly hedge: 'off' | 'on';
};

/** What stands between the gateway and a subgraph that fails, beside the layers that are made here. */
export type LayerParts = {
  /** None unless given: every call passes. */
  readonly breaker?: {
    readonly layer: Layer;
    /** Whether calls of this kind pass at the moment, and not to try it out. */
    readonly isClosed: (call: UpstreamCall) => boolean;
  };
  /** None unless given: what fails, fails. */
  readonly fallback?: Layer;
  /** Nothing is counted unless given. */
  readonly meter?: CallMeter;
  /** As the settings say unless given. */
  readonly places?: Bulkhead;
  /** None unless given: nobody is told of mutations whose outcome is not known. */
  readonly witness?: Layer;
};

/**
 * What a subgraph's calls go through on their way, from the outside in. This is where the order is written:
 *
 * 0. witness: knows mutations whose outcome nobody knows, and says so;
 * 1. fallback: whatever fails below may be answered with the last good answer;
 * 2. metering: what each caller waited for, and what came of it;
 * 3. sharing: queries that are the same are one call below, with one place, one failure and one budget;
 * 4. bulkhead: a place for each call that is sent; outside the breaker, so that a full one opens no breaker;
 * 5. breaker: sees a call with all its repeats as one;
 * 6. retry: every attempt is signed anew, and told how much time is left;
 * 7. hedging, where it is switched on: of two attempts the first answer counts.
 */
export const layers = (settings: LayerSettings, parts: LayerParts = {}): readonly Layer[] => {
  const { breaker, fallback, witness, meter, places = placesOf(settings) } = parts;
  const watch = callWatch();
  const share = shareLayer({ scopeOf: callScope(settings.headers), watch, onShared: meter?.shared });
  const isClosed = breaker?.isClosed ?? always;
  const retry = retryLayer({
    attemptsMax: settings.retry.attemptsMax,
    budget: retryBudget(settings.retry.budget),
    isClosed,
    wait: pauseOf(watch),
    onRetry: meter?.retried,
  });
  const hedge = (): Layer =>
    hedgeLayer({
      watch,
      latencies: latencyWindow(),
      budget: retryBudget(HEDGE_BUDGET),
      isClosed,
      onHedge: meter?.hedged,
    });
  return [
    ...(witness ? [witness] : []),
    ...(fallback ? [fallback] : []),
    ...(meter ? [meteredLayer(meter)] : []),
    ...(settings.dedupe ? [share] : []),
    bulkheadLayer(places, watch),
    ...(breaker ? [breaker.layer] : []),
    retry,
    ...(settings.hedge === 'on' ? [hedge()] : []),
  ];
};

/** With the tenth that repeats may add, the load on a subgraph stays under 1.2 times what it is asked. */
const HEDGE_BUDGET = { tokensMax: 5, perSuccess: 0.05 };

/** The places of a subgraph's calls: as many as connections, unless the settings say otherwise. */
export const placesOf = ({
  connectionsMax,
  bulkhead: { concurrentMax, queueMax },
}: LayerSettings): Bulkhead => bulkhead({ concurrentMax: concurrentMax ?? connectionsMax, queueMax });

const always = (): boolean => true;

/** A subgraph's calls as they leave the gateway: through every layer, the first one outermost, to the wire. */
export const throughLayers = (through: readonly Layer[], wire: Send): Send =>
  through.reduceRight((send, layer) => layer(send), wire);
