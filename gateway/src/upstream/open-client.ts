import type { SubgraphAddress } from '../supergraph/load-supergraph.ts';
import { layers, type LayerParts, type LayerSettings } from './layers.ts';
import { subgraphClient, type SubgraphClient, type SubgraphClientOptions } from './subgraph-call.ts';

export type CallSettings = Omit<SubgraphClientOptions, 'name' | 'url' | 'layers'> & LayerSettings;

/** A client for the subgraph, with everything in between that keeps its failures its own. */
export const openClient = (
  { name, url }: SubgraphAddress,
  settings: CallSettings,
  parts?: LayerParts,
): SubgraphClient => subgraphClient({ ...settings, name, url, layers: layers(settings, parts) });
