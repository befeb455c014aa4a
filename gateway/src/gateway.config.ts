import {
  choice,
  count,
  flag,
  milliseconds,
  namedUrls,
  port,
  readConfig,
  Secret,
  text,
  url,
  type Environment,
} from '@saas/config';

const SECRET_LENGTH_MIN = 16;

/** `users=key,projects=key`: what the gateway signs its callers' identity with, one key per subgraph. */
const namedSecrets = () =>
  text().transform((list, context): ReadonlyMap<string, Secret> => {
    const pairs = list.split(',').map((pair) => pair.trim().split(/=(.*)/s));
    for (const [name = '', key = ''] of pairs) {
      const isGood = /^[A-Za-z][\w-]*$/.test(name) && key.length >= SECRET_LENGTH_MIN;
      if (!isGood)
        context.addIssue(`needs name=key pairs with keys of at least ${SECRET_LENGTH_MIN} characters`);
    }
    return new Map(pairs.map(([name = '', key = '']): [string, Secret] => [name, new Secret(key)]));
  });

/** `https://app.example.com,http://localhost:3000`. There is no `*`: who may read answers is said by name. */
const origins = () =>
  text().transform((list, context): ReadonlySet<string> => {
    const values = list.split(',').map((each) => each.trim());
    for (const value of values) {
      const isOrigin = URL.canParse(value) && new URL(value).origin === value;
      if (!isOrigin) context.addIssue('needs origins such as https://app.example.com, parted by commas');
    }
    return new Set(values);
  });

/**
 * The gateway's settings, variables that begin with `GATEWAY_`. All have defaults but the keys.
 *
 * @throws {ConfigError} with every mistake; an unknown name is one.
 */
export const readGatewayConfig = (environment: Environment) =>
  readConfig(
    'GATEWAY_',
    {
      /** Port of the one endpoint; 0 takes any free port. */
      HTTP_PORT: port().default(4_000),
      /** Address to listen on; 0.0.0.0 in a container. */
      HTTP_HOST: text().default('127.0.0.1'),
      /** The composed supergraph schema, relative to the working directory. */
      SUPERGRAPH_FILE: text().default('./supergraph.graphql'),
      /** `users=http://users:4001/graphql,…`: replaces routing URLs of the supergraph, by subgraph name. */
      SUBGRAPH_URLS: namedUrls().optional(),
      /** `users=key,…`: shared with each subgraph, to sign on whose behalf we ask. Without any, subgraphs are told nothing. */
      IDENTITY_KEYS: namedSecrets().optional(),
      /** Who must have issued an access token. */
      ACCESS_TOKEN_ISSUER: text().default('supergraph'),
      /** Whom an access token must be meant for. */
      ACCESS_TOKEN_AUDIENCE: text().default('supergraph'),
      /** Where the keys of access tokens are published; `/.well-known/jwks.json` of the subgraph `users` unless set. */
      JWKS_URL: url().optional(),
      /** Origins whose web pages may read answers; Apollo Sandbox unless set. Browsers send no credentials along. */
      CORS_ORIGINS: origins().default(new Set(['https://studio.apollographql.com'])),
      /** How long one request may take altogether. */
      REQUEST_DEADLINE_MS: milliseconds().default(15_000),
      /** How long one call to a subgraph may take; less when the request has less left. */
      UPSTREAM_TIMEOUT_MS: milliseconds().default(5_000),
      /** Connections to one subgraph. */
      UPSTREAM_CONNECTIONS_MAX: count().default(64),
      /** Largest answer of one subgraph call that is read. */
      UPSTREAM_RESPONSE_BYTES_MAX: count().default(16 * 1_024 * 1_024),
      /** Largest request body that is read. */
      BODY_BYTES_MAX: count().default(1_024 * 1_024),
      /** How often each subgraph's health is sampled. */
      HEALTH_INTERVAL_MS: milliseconds().default(5_000),
      /** How long one such sample may take before the subgraph counts as down. */
      HEALTH_TIMEOUT_MS: milliseconds().default(2_000),
      /** How long requests in hand may take to finish when the gateway stops. */
      STOP_TIMEOUT_MS: milliseconds().default(10_000),
      /** Serves GraphiQL on /graphiql and leads browsers there. */
      GRAPHIQL: flag().default(true),
      /** The least important lines that are written. */
      LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    },
    environment,
  );

export type GatewayConfig = ReturnType<typeof readGatewayConfig>;
