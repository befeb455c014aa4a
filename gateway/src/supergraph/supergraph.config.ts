import { ConfigError, milliseconds, namedUrls, secret, text, url, type Secret } from '@saas/config';
import { assertNever } from '@saas/kernel';

/** Where the supergraph comes from: part of the gateway's settings. Of the four places, one is named, or none. */
export const supergraphSettings = {
  SUPERGRAPH_FILE: text()
    .optional()
    .describe(
      'A composed supergraph schema, relative to the working directory, and watched; `./supergraph.graphql` unless another source is named.',
    ),
  SUPERGRAPH_YAML: text()
    .optional()
    .describe(
      'Instead of it, rover’s `supergraph.yaml`: watched with the schemas that it names, and composed here.',
    ),
  SUPERGRAPH_URL: url()
    .optional()
    .describe('Instead of it, where the composed supergraph schema is published; asked with its `ETag`.'),
  SUPERGRAPH_URL_TOKEN: secret().optional().describe('Sent there as `Authorization: Bearer …`.'),
  SUPERGRAPH_URL_POLL_MS: milliseconds().optional().describe('How often it is asked; 10000 unless set.'),
  INTROSPECT: namedUrls()
    .optional()
    .describe(
      'Instead of it, `users=http://users:4001/graphql,…`: running subgraphs whose schemas are asked for and composed; for development.',
    ),
  INTROSPECT_POLL_MS: milliseconds().optional().describe('How often they are asked again; 5000 unless set.'),
};

/** What the settings above say, as far as this file reads them. */
export type SupergraphConfig = {
  readonly SUPERGRAPH_FILE?: string | undefined;
  readonly SUPERGRAPH_YAML?: string | undefined;
  readonly SUPERGRAPH_URL?: string | undefined;
  readonly SUPERGRAPH_URL_TOKEN?: Secret | undefined;
  readonly SUPERGRAPH_URL_POLL_MS?: number | undefined;
  readonly INTROSPECT?: Readonly<Record<string, string>> | undefined;
  readonly INTROSPECT_POLL_MS?: number | undefined;
};

export type SupergraphChoice =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'yaml'; readonly file: string }
  | {
      readonly kind: 'url';
      readonly url: string;
      readonly token: Secret | undefined;
      readonly pollMs: number;
    }
  | {
      readonly kind: 'introspection';
      readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
      readonly pollMs: number;
    };

const sources = ['SUPERGRAPH_FILE', 'SUPERGRAPH_YAML', 'SUPERGRAPH_URL', 'INTROSPECT'] as const;

/**
 * The one source that the settings name.
 *
 * @throws {ConfigError} naming all of them when there are several, and every setting that is for another one.
 */
export const supergraphChoiceOf = (config: SupergraphConfig): SupergraphChoice => {
  const [source = 'SUPERGRAPH_FILE', ...others] = sources.filter((name) => config[name] !== undefined);
  const lonely = [
    ['SUPERGRAPH_URL_TOKEN', 'SUPERGRAPH_URL'],
    ['SUPERGRAPH_URL_POLL_MS', 'SUPERGRAPH_URL'],
    ['INTROSPECT_POLL_MS', 'INTROSPECT'],
  ] as const;
  const problems = [
    ...others.map(
      (name) => `GATEWAY_${name}: contradicts GATEWAY_${source}; name one source of the supergraph`,
    ),
    ...lonely
      .filter(([name, of]) => config[name] !== undefined && config[of] === undefined)
      .map(([name, of]) => `GATEWAY_${name}: says nothing without GATEWAY_${of}`),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return choiceOf(source, config);
};

const choiceOf = (source: (typeof sources)[number], config: SupergraphConfig): SupergraphChoice => {
  switch (source) {
    case 'SUPERGRAPH_FILE':
      return { kind: 'file', file: config.SUPERGRAPH_FILE ?? './supergraph.graphql' };
    case 'SUPERGRAPH_YAML':
      return { kind: 'yaml', file: config.SUPERGRAPH_YAML ?? '' };
    case 'SUPERGRAPH_URL': {
      const { SUPERGRAPH_URL = '', SUPERGRAPH_URL_TOKEN: token, SUPERGRAPH_URL_POLL_MS = 10_000 } = config;
      return { kind: 'url', url: SUPERGRAPH_URL, token, pollMs: SUPERGRAPH_URL_POLL_MS };
    }
    case 'INTROSPECT': {
      const { INTROSPECT = {}, INTROSPECT_POLL_MS = 5_000 } = config;
      const subgraphs = Object.entries(INTROSPECT).map(([name, at]) => ({ name, url: at }));
      return { kind: 'introspection', subgraphs, pollMs: INTROSPECT_POLL_MS };
    }
    default:
      return assertNever(source);
  }
};
