import type { Layer, Send } from './upstream-call.ts';

/** A subgraph's calls as they leave the gateway: through every layer, the first one outermost, to the wire. */
export const throughLayers = (layers: readonly Layer[], wire: Send): Send =>
  layers.reduceRight((send, layer) => layer(send), wire);
