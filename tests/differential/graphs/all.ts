import { council } from './council.ts';
import { fleet } from './fleet.ts';
import { market } from './market.ts';
import { media } from './media.ts';
import type { SubgraphSource } from './subgraph-source.ts';

/** Graphs of different shapes, for everything that is random. */
export const graphs: Readonly<Record<string, readonly SubgraphSource[]>> = { market, media, fleet, council };
