import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeSupergraph } from '@saas/gateway';
import { subgraphSchemas } from './subgraph-schemas.ts';
import { startSubgraphs, type Subgraphs } from './subgraphs.ts';

/** What every candidate stands in front of. */
export type Surroundings = {
  /** Lives as long as the comparison. */
  readonly directory: string;
  readonly supergraphFile: string;
  readonly supergraphSdl: string;
  readonly subgraphs: Subgraphs;
};

/**
 * Starts the subgraphs, writes the supergraph that leads to them, and tidies up after the work.
 *
 * @throws {Error} on another system than Linux, which alone tells what a process has used and pins it to a core.
 */
export const inSurroundings = async <Found>(
  work: (surroundings: Surroundings) => Promise<Found>,
): Promise<Found> => {
  if (process.platform !== 'linux') throw new Error('Gateways can be measured on Linux only.');
  process.once('SIGTERM', () => process.exit(143));
  const directory = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
  let subgraphs: Subgraphs | undefined;
  try {
    subgraphs = await startSubgraphs(directory);
    const supergraphFile = join(directory, 'supergraph.graphql');
    const supergraphSdl = supergraphOf(subgraphs);
    await writeFile(supergraphFile, supergraphSdl);
    return await work({ directory, supergraphFile, supergraphSdl, subgraphs });
  } finally {
    await subgraphs?.stop();
    await rm(directory, { recursive: true });
  }
};

const supergraphOf = ({ urls }: Subgraphs): string =>
  composeSupergraph(
    Object.entries(subgraphSchemas).map(([name, sdl]) => ({
      name,
      sdl,
      routingUrl: urls[name] ?? '',
      location: name,
    })),
  ).supergraphSdl;
