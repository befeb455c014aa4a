import { AppError } from '@saas/kernel';
import type { GatewayConfig } from '../gateway.config.ts';
import { gatewayErrors } from '../gateway.errors.ts';
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts';

export type Targets = {
  /** The subgraphs that are called over HTTP, with the URL they are really called at. */
  readonly subgraphs: readonly SubgraphAddress[];
  /** Undefined where tokens are not verified. */
  readonly jwksUrl: URL | undefined;
};

type Settings = Pick<GatewayConfig, 'SUBGRAPH_URLS' | 'IDENTITY_KEYS' | 'JWKS_URL' | 'AUTHENTICATION'>;

/**
 * Brings settings and supergraph together: whom to call where, and with which key.
 *
 * @throws {AppError} `GATEWAY_WIRING_INVALID` listing every misfit: a setting for a subgraph that the supergraph does not
 *   have, a subgraph without a key when others have one, no place to get the keys of access tokens from.
 */
export const resolveTargets = (settings: Settings, subgraphs: readonly SubgraphAddress[]): Targets => {
  const { SUBGRAPH_URLS: urls = {}, IDENTITY_KEYS: keys, JWKS_URL: jwksUrl } = settings;
  const called = subgraphs
    .map(({ name, url }) => ({ name, url: urls[name] ?? url }))
    .filter(({ url }) => /^https?:/.test(url));
  const known = new Set(subgraphs.map(({ name }) => name));
  const users = called.find(({ name }) => name === 'users');
  const isVerifying = settings.AUTHENTICATION === 'tokens';
  const jwks = jwksUrl ?? (users && new URL('/.well-known/jwks.json', users.url).href);

  const problems = [
    ...unknown('GATEWAY_SUBGRAPH_URLS', Object.keys(urls), known),
    ...unknown('GATEWAY_IDENTITY_KEYS', [...(keys?.keys() ?? [])], known),
    ...called
      .filter(({ name }) => keys !== undefined && !keys.has(name))
      .map(({ name }) => `GATEWAY_IDENTITY_KEYS: has no key for the subgraph "${name}"`),
    ...(isVerifying && jwks === undefined
      ? [
          'GATEWAY_JWKS_URL: is required, for there is no subgraph "users"; or set GATEWAY_AUTHENTICATION=none',
        ]
      : []),
    ...(!isVerifying && jwksUrl !== undefined
      ? ['GATEWAY_JWKS_URL: contradicts GATEWAY_AUTHENTICATION=none']
      : []),
  ];
  if (problems.length > 0) {
    const { GATEWAY_WIRING_INVALID: definition } = gatewayErrors.definitions;
    const message = `${definition.message}\n  ${problems.join('\n  ')}`;
    throw new AppError('GATEWAY_WIRING_INVALID', { ...definition, message });
  }
  return {
    subgraphs: called,
    jwksUrl: isVerifying && jwks !== undefined ? new URL(jwks) : undefined,
  };
};

/** What we share with each subgraph to sign on whose behalf we ask, by its name. */
export const identityKeysOf = ({
  IDENTITY_KEYS: keys,
}: Pick<GatewayConfig, 'IDENTITY_KEYS'>): ReadonlyMap<string, string> =>
  new Map([...(keys ?? [])].map(([name, key]) => [name, key.reveal()]));

const unknown = (setting: string, names: readonly string[], known: ReadonlySet<string>): readonly string[] =>
  names
    .filter((name) => !known.has(name))
    .map((name) => `${setting}: the supergraph has no subgraph "${name}" (it has ${[...known].join(', ')})`);
