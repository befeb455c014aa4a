import { join } from 'node:path';
import type { PeerName } from './peers.ts';
import { repositoryPath } from './repository-path.ts';

/** Where a candidate listens, and what it stands in front of. */
export type Place = {
  readonly port: number;
  readonly supergraphFile: string;
  readonly subgraphUrls: Readonly<Record<string, string>>;
  /** Where its packages are, when it is a peer. */
  readonly folder: string;
};

export type Command = {
  /** A program for Node, and its arguments. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

export type Candidate = {
  readonly name: string;
  readonly what: string;
  readonly peer?: PeerName;
  readonly command: (place: Place) => Command;
};

export const LIMIT = 'limit';
export const OURS = 'ours';

/** Sends every query, as the others do. */
const AS_PEERS = repositoryPath('bench', 'gateway', 'as-peers.yaml');

/** Who is compared, in the order of the tables. Each runs with its own production defaults; ours shares no calls. */
export const candidates: readonly Candidate[] = [
  {
    name: LIMIT,
    what: 'by hand',
    command: ({ port, subgraphUrls }) => ({
      args: [
        repositoryPath('bench', 'dist', 'gateway', 'limit-program.js'),
        String(port),
        JSON.stringify(subgraphUrls),
      ],
    }),
  },
  {
    name: OURS,
    what: 'this gateway',
    command: ({ port, supergraphFile }) => ({
      args: [repositoryPath('gateway', 'dist', 'main.js')],
      env: {
        GATEWAY_HTTP_PORT: String(port),
        GATEWAY_SUPERGRAPH_FILE: supergraphFile,
        GATEWAY_CONFIG_FILE: AS_PEERS,
        // Nobody is asked for these keys: the requests carry no token.
        GATEWAY_JWKS_URL: `http://127.0.0.1:${port}/jwks`,
      },
    }),
  },
  {
    name: 'ours-alone',
    what: 'the same, as npm run gateway',
    command: ({ port, supergraphFile }) => ({
      args: [
        repositoryPath('gateway', 'dist', 'command', 'main.js'),
        '--supergraph',
        supergraphFile,
        '--config',
        AS_PEERS,
        '--port',
        String(port),
      ],
    }),
  },
  {
    name: 'stock',
    what: 'Apollo Gateway + Server',
    peer: 'apollo',
    command: ({ port, supergraphFile, folder }) => ({
      args: [join(folder, 'peer-stock.mjs'), String(port), supergraphFile],
    }),
  },
  {
    name: 'stock-tuned',
    what: 'the same, tuned',
    peer: 'apollo',
    command: ({ port, supergraphFile, folder }) => ({
      args: [join(folder, 'peer-stock.mjs'), String(port), supergraphFile, 'tuned'],
    }),
  },
  { name: 'hive', what: 'Hive Gateway', peer: 'hive', command: (place) => hive(place) },
  {
    name: 'hive-rust',
    what: 'Hive Gateway, Rust planner',
    peer: 'hive',
    command: (place) => hive(place, '--hive-router-runtime'),
  },
  {
    name: 'mercurius',
    what: 'Mercurius gateway, JIT',
    peer: 'mercurius',
    command: ({ port, subgraphUrls, folder }) => ({
      args: [join(folder, 'peer-mercurius.mjs'), String(port), JSON.stringify(subgraphUrls)],
    }),
  },
];

const hive = ({ port, supergraphFile, folder }: Place, ...options: readonly string[]): Command => ({
  args: [
    join(folder, 'node_modules', '@graphql-hive', 'gateway', 'dist', 'bin.js'),
    'supergraph',
    supergraphFile,
    '--config-path',
    join(folder, 'peer-hive.config.mjs'),
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    ...options,
  ],
});
