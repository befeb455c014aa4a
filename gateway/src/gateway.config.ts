import {
  chaosPermission,
  choice,
  count,
  countOrNone,
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

import { authorizationSettings } from './authorization/authorization.config.ts';
import { chaosSettings } from './chaos/chaos.config.ts';
import { admissionSettings } from './admission/admission.config.ts';
import { holdOverloadSettings, overloadSettings } from './overload/overload.config.ts';
import { supergraphChoiceOf, supergraphSettings } from './supergraph/supergraph.config.ts';

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
 * @throws {ConfigError} with every mistake; an unknown name is one, and so are two sources of the supergraph.
 */
export const readGatewayConfig = (environment: Environment) => {
  const config = readConfig(gatewaySettings.prefix, gatewaySettings.shape, environment);
  supergraphChoiceOf(config);
  holdOverloadSettings(config);
  return config;
};

/** The variables without a prefix that the gateway looks at. @throws {ConfigError} with every mistake in them. */
export const readGatewaySharedConfig = ({ REDIS_URL, NODE_ENV, CHAOS_ALLOWED }: Environment) =>
  readConfig(gatewaySharedSettings.prefix, gatewaySharedSettings.shape, {
    REDIS_URL,
    NODE_ENV,
    CHAOS_ALLOWED,
  });

/** Variables whose names are fixed for the whole system. */
export const gatewaySharedSettings = {
  prefix: '',
  shape: {
    REDIS_URL: url()
      .optional()
      .describe(
        'Redis with the ended sessions, and the hints of other gateways; without it, both are unknown here.',
      ),
    ...chaosPermission,
  },
};

/** What each variable accepts, is by default and means. */
export const gatewaySettings = {
  prefix: 'GATEWAY_',
  shape: {
    HTTP_PORT: port().default(4_000).describe('Port of the one endpoint; 0 takes any free port.'),
    HTTP_HOST: text().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 in a container.'),
    ...supergraphSettings,
    CONFIG_FILE: text()
      .optional()
      .describe('A `gateway.yaml` with settings for single subgraphs and for planning.'),
    ENGINE: choice(['stock', 'own'])
      .default('own')
      .describe('What executes plans: our own engine, or the executor of @apollo/gateway, for comparison.'),
    INTROSPECTION: flag().default(true).describe('Whether clients may ask for the schema.'),
    CSRF_PREVENTION: flag()
      .default(true)
      .describe(
        'Refuses simple GET requests, which any web page can make a browser send; off only where no browser gets.',
      ),
    BATCH_OPERATIONS_MAX: countOrNone()
      .default(0)
      .describe('Operations that one request may hold as a JSON list; 0 refuses lists.'),
    SUBGRAPH_URLS: namedUrls()
      .optional()
      .describe(
        '`users=http://users:4001/graphql,…`: replaces routing URLs of the supergraph, by subgraph name.',
      ),
    IDENTITY_KEYS: namedSecrets()
      .optional()
      .describe(
        '`users=key,…`: shared with each subgraph, to sign on whose behalf we ask. Without any, subgraphs are told nothing.',
      ),
    ACCESS_TOKEN_ISSUER: text().default('supergraph').describe('Who must have issued an access token.'),
    ACCESS_TOKEN_AUDIENCE: text().default('supergraph').describe('Whom an access token must be meant for.'),
    AUTHENTICATION: choice(['tokens', 'none'])
      .default('tokens')
      .describe(
        'Access tokens are verified (`tokens`); or everybody is anonymous, and credentials only pass where gateway.yaml lets them (`none`).',
      ),
    JWKS_URL: url()
      .optional()
      .describe(
        'Where the keys of access tokens are published; `/.well-known/jwks.json` of the subgraph `users` unless set.',
      ),
    CORS_ORIGINS: origins()
      .default(new Set(['https://studio.apollographql.com']))
      .describe(
        'Origins whose web pages may read answers; Apollo Sandbox unless set. Browsers send no credentials along.',
      ),
    REQUEST_DEADLINE_MS: milliseconds().default(15_000).describe('How long one request may take altogether.'),
    UPSTREAM_TIMEOUT_MS: milliseconds()
      .default(5_000)
      .describe('How long one call to a subgraph may take; less when the request has less left.'),
    UPSTREAM_CONNECTIONS_MAX: count().default(64).describe('Connections to one subgraph.'),
    UPSTREAM_RESPONSE_BYTES_MAX: count()
      .default(16 * 1_024 * 1_024)
      .describe('Largest answer of one subgraph call that is read.'),
    BODY_BYTES_MAX: count()
      .default(1_024 * 1_024)
      .describe('Largest request body that is read.'),
    BODY_VALUES_MAX: count()
      .default(50_000)
      .describe('JSON values in one request body, lists and objects among them.'),
    ...admissionSettings,
    ...authorizationSettings,
    ...chaosSettings,
    ...overloadSettings,
    HEALTH_INTERVAL_MS: milliseconds()
      .default(5_000)
      .describe('How often each subgraph’s health is sampled.'),
    HEALTH_TIMEOUT_MS: milliseconds()
      .default(2_000)
      .describe('How long one such sample may take before the subgraph counts as down.'),
    DRAIN_MS: countOrNone()
      .max(60_000)
      .default(3_000)
      .describe(
        'How long requests are still accepted after SIGTERM while `/health/ready` says no: longer than a load balancer takes to notice.',
      ),
    STOP_TIMEOUT_MS: milliseconds()
      .default(10_000)
      .describe('How long requests in hand may take to finish when the gateway stops.'),
    GRAPHIQL: flag().default(true).describe('Serves GraphiQL on /graphiql and leads browsers there.'),
    LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info')
      .describe('The least important lines that are written.'),
  },
};

export type GatewayConfig = ReturnType<typeof readGatewayConfig>;
