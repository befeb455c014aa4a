import { styleText } from 'node:util';
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts';

type Format = Parameters<typeof styleText>[0];
type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'hasColors'>;

export type Greeting = {
  readonly url: string;
  readonly subgraphs: readonly SubgraphAddress[];
  readonly source: string;
  readonly engine: string;
  readonly hasGraphiql: boolean;
  /** Of health checks, by subgraph name. */
  readonly unreachable: ReadonlySet<string>;
  readonly tookMs: number;
};

const NAME_WIDTH = 14;

/** What somebody who has just started the gateway wants to know: where it is, what is behind it, what to do next. */
export const greeting = (about: Greeting, out: Stream): readonly string[] => {
  const { url, subgraphs, source, engine, hasGraphiql, unreachable, tookMs } = about;
  const paint = (format: Format, text: string): string =>
    out.isTTY && out.hasColors() ? styleText(format, text, { validateStream: false }) : text;
  const origin = new URL(url).origin;
  const row = (name: string, value: string): string => `  ${name.padEnd(NAME_WIDTH)}${value}`;
  const width = Math.max(0, ...subgraphs.map(({ name }) => name.length)) + 2;
  const addresses = subgraphs.map(({ name, url: at }, index) =>
    row(
      index === 0 ? 'Subgraphs' : '',
      `${name.padEnd(width)}${at}${unreachable.has(name) ? paint('yellow', '  does not answer') : ''}`,
    ),
  );
  return [
    '',
    paint(['green', 'bold'], `Ready after ${(tookMs / 1_000).toFixed(1)} s`),
    row('GraphQL', paint('bold', url)),
    ...(hasGraphiql ? [row('GraphiQL', `${origin}/graphiql`)] : []),
    row('Health', `${origin}/health`),
    row('Supergraph', source),
    ...addresses,
    row('Engine', engine),
    '',
    `  Try: curl -sS ${url} -H 'content-type: application/json' -d '{"query":"{ __typename }"}'`,
    '  A change of the supergraph is taken over while requests go on. Ctrl-C stops.',
  ];
};
