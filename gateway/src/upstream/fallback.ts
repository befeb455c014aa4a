import type { PermissionChanges } from '@saas/auth';
import type { SharedCache } from '@saas/cache';
import type { Clock, Meter } from '@saas/kernel';
import type { Logger } from '@saas/telemetry';
import type { ServingGeneration } from '../execution/serving-generation.ts';
import { fallbackLayer } from './fallback-layer.ts';
import { fallbackMeter } from './fallback-metrics.ts';
import { fallbackRules, type FallbackRules } from './fallback-rules.ts';
import type { FallbackSettings } from './fallback-settings.ts';
import { sharedAnswers } from './fallback-shared.ts';
import { fallbackStore, type FallbackStore } from './fallback-store.ts';
import type { Layer } from './upstream-call.ts';

/** Answers from memory, for all subgraphs and generations of one gateway. */
export type Fallback = {
  readonly store: FallbackStore;
  /** The same for the same generation. */
  readonly rulesOf: (generation: ServingGeneration) => FallbackRules;
  /** Reads the rules of a generation before anybody waits for them. */
  readonly prepare: (generation: ServingGeneration) => void;
  /** To be the outermost one of its subgraph. */
  readonly layerFor: (subgraph: string, propagate: readonly string[] | undefined) => Layer;
};

type Options = {
  readonly settings: FallbackSettings;
  readonly meter: Meter;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly shared?: SharedCache | undefined;
  /** Nothing is told while changes of rights may be missed; where they are not heard of at all, it is. */
  readonly permissionChanges?: Pick<PermissionChanges, 'isLive'> | undefined;
};

export const fallback = (options: Options): Fallback => {
  const { meter, logger, clock, shared: cache, permissionChanges: changes } = options;
  const { limits, exclude } = options.settings;
  const store = fallbackStore(limits, changes && { isHearing: () => changes.isLive() });
  const shared = cache && sharedAnswers({ cache, store, clock, maxStaleMs: limits.maxStaleMs });
  const counting = fallbackMeter(meter, store);
  const known = new WeakMap<ServingGeneration, FallbackRules>();
  const rulesOf = (generation: ServingGeneration): FallbackRules => {
    const rules = known.get(generation) ?? rulesFor(generation, exclude);
    known.set(generation, rules);
    return rules;
  };
  return {
    store,
    rulesOf,
    prepare: (generation) => {
      const { unknownFields: unknown } = rulesOf(generation);
      if (unknown.length > 0)
        logger.warn({ setting: 'fallback.exclude', unknown }, 'a setting is for fields that are not there');
    },
    layerFor: (subgraph, propagate) => fallbackLayer({ subgraph, store, propagate, meter: counting, shared }),
  };
};

const rulesFor = ({ supergraphSdl, facts }: ServingGeneration, exclude: readonly string[]): FallbackRules =>
  fallbackRules({ supergraphSdl, schema: facts.requirements.supergraph }, exclude);
