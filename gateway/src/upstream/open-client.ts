import { silentMeter } from '@saas/kernel';
import type { BreakerSettings } from '@saas/resilience';
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts';
import type { Breakers } from './breakers.ts';
import { callMeters, type CallMeters } from './call-meter.ts';
import { layers, placesOf, type LayerParts, type LayerSettings } from './layers.ts';
import { subgraphClient, type SubgraphClient, type SubgraphClientOptions } from './subgraph-call.ts';

export type CallSettings = Omit<SubgraphClientOptions, 'name' | 'url' | 'layers'> &
  LayerSettings & { readonly breaker: BreakerSettings };

export type ClientParts = Pick<LayerParts, 'fallback' | 'witness'> & {
  readonly breakers: Breakers;
  /** Nothing is counted unless given. */
  readonly meters?: CallMeters;
};

/** A client for the subgraph, with everything in between that keeps its failures its own. */
export const openClient = (
  { name, url }: SubgraphAddress,
  settings: CallSettings,
  { meters = callMeters(silentMeter), breakers, ...parts }: ClientParts,
): SubgraphClient => {
  const places = placesOf(settings);
  const meter = meters.of(name, places);
  const breaker = breakers.open(name, settings);
  const through = layers(settings, { ...parts, breaker, places, meter });
  const client = subgraphClient({ ...settings, name, url, layers: through });
  return {
    ...client,
    close: async () => {
      meters.forget(places);
      breaker.stop();
      await client.close();
    },
  };
};
