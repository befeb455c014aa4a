import { readFile } from 'node:fs/promises';
import { ConfigError, type Environment } from '@saas/config';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { gatewayErrors } from './gateway.errors.ts';
import { expandVariables } from './supergraph/expand-variables.ts';
import { describeProblem, type SupergraphProblem } from './supergraph/supergraph.errors.ts';
import { offsetOf } from './supergraph/yaml-offset.ts';
import { breakerSettings } from './upstream/breaker-settings.ts';
import { bulkheadSettings } from './upstream/bulkhead-settings.ts';
import { fallbackSettings, subgraphFallbackSettings } from './upstream/fallback-settings.ts';
import { hedgeSettings } from './upstream/hedge-settings.ts';
import { headerObjection } from './upstream/request-headers.ts';
import { retrySettings } from './upstream/retry-settings.ts';

const count = () => z.int().positive();
const milliseconds = () => z.int().positive();

const headerName = () =>
  z.string().superRefine((name, context) => {
    const objection = headerObjection(name);
    if (objection !== undefined) context.addIssue({ code: 'custom', message: `"${name}" ${objection}` });
  });

const callSettings = {
  /** Whether the same query for the same viewer is sent once while it is on its way; so unless it says otherwise. */
  dedupe: z.boolean().optional(),
  headers: z
    .strictObject({
      /** Of the client's headers, those that are sent on. */
      propagate: z.array(headerName()).default([]),
      /** Sent with every call. */
      insert: z.record(headerName(), z.string()).default({}),
    })
    .optional(),
  /** Which of a subgraph's errors clients may read: those that it marked by a code, all, none, or those with these codes. */
  errors: z.union([z.enum(['marked', 'relay', 'mask']), z.array(z.string().min(1)).readonly()]).optional(),
};

const subgraphSettings = z
  .strictObject({
    ...callSettings,
    breaker: breakerSettings.optional(),
    bulkhead: bulkheadSettings.optional(),
    retry: retrySettings.optional(),
    hedge: hedgeSettings.optional(),
    /** Replaces the routing URL of the supergraph. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** How long one call may take. */
    timeout_ms: milliseconds().optional(),
    connections_max: count().optional(),
    /** Largest answer that is read. */
    response_bytes_max: count().optional(),
    fallback: subgraphFallbackSettings.optional(),
  })
  .transform((given) => ({
    headers: given.headers,
    errors: given.errors,
    breaker: given.breaker,
    dedupe: given.dedupe,
    bulkhead: given.bulkhead,
    retry: given.retry,
    hedge: given.hedge,
    url: given.url,
    timeoutMs: given.timeout_ms,
    connectionsMax: given.connections_max,
    responseBytesMax: given.response_bytes_max,
    fallback: given.fallback,
  }));

const planningSettings = z
  .strictObject({
    deadline_ms: milliseconds().default(250),
    load_timeout_ms: milliseconds().default(30_000),
    queue_max: count().default(500),
    memory_mb_max: z.int().min(512).default(2_048),
    /** A second thread in reserve; it takes as much memory as the first. */
    reserve: z.boolean().default(true),
    cache_entries_max: count().default(2_000),
    cache_bytes_max: count().default(128 * 1_024 * 1_024),
    warm_up_operations_max: z.int().nonnegative().default(200),
    warm_up_ms_max: milliseconds().default(5_000),
  })
  .transform((given) => ({
    planner: {
      planDeadlineMs: given.deadline_ms,
      loadTimeoutMs: given.load_timeout_ms,
      queueMax: given.queue_max,
      memoryMbMax: given.memory_mb_max,
      hasReserve: given.reserve,
    },
    cache: { entriesMax: given.cache_entries_max, bytesMax: given.cache_bytes_max },
    warmUp: { operationsMax: given.warm_up_operations_max, timeMsMax: given.warm_up_ms_max },
  }));

const settings = z
  .strictObject({
    /** For all subgraphs; what one of them says for itself is said in its place. */
    ...callSettings,
    breaker: breakerSettings.prefault({}),
    bulkhead: bulkheadSettings.prefault({}),
    retry: retrySettings.prefault({}),
    hedge: hedgeSettings.default('off'),
    subgraphs: z
      .record(z.string().regex(/^[A-Za-z][\w-]*$/, 'is no name of a subgraph'), subgraphSettings)
      .prefault({}),
    planning: planningSettings.prefault({}),
    fallback: fallbackSettings.prefault({}),
  })
  .readonly();

/** What `gateway.yaml` says, with defaults for what it leaves out; a setting of one subgraph that it leaves out is undefined. */
export type GatewayYaml = z.output<typeof settings>;

/** Every mistake of a `gateway.yaml`, by the path of the setting and its place in the file. Values are not repeated. */
export class GatewayYamlError extends Error {
  override readonly name = 'GatewayYamlError';
  readonly code = 'GATEWAY_YAML_INVALID';
  readonly definition = gatewayErrors.definitions.GATEWAY_YAML_INVALID;
  readonly problems: readonly SupergraphProblem[];

  constructor(problems: readonly SupergraphProblem[]) {
    const { message } = gatewayErrors.definitions.GATEWAY_YAML_INVALID;
    super([message, ...problems.map(describeProblem)].join('\n  '));
    this.problems = problems;
  }
}

/**
 * Reads our own settings of the gateway strictly; rover's `supergraph.yaml` stays free of them. An empty file means defaults.
 * `${env.NAME}` and `${env.NAME:-default}` are expanded in values.
 *
 * Names of subgraphs are taken as they are: a supergraph that has them may come later.
 *
 * @param file names the text in messages.
 * @throws {GatewayYamlError} with every mistake.
 */
export const parseGatewayYaml = (text: string, file: string, environment: Environment = {}): GatewayYaml => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const problem = (offset: number | undefined, message: string): SupergraphProblem => {
    const { line, col } = lines.linePos(offset ?? 0);
    const location = `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
    return { code: 'GATEWAY_YAML_INVALID', location, message };
  };
  const syntax = document.errors.map(({ pos, message }) =>
    problem(pos[0], message.split('\n')[0] ?? message),
  );
  if (syntax.length > 0) throw new GatewayYamlError(syntax);

  const mistakes: Mistake[] = [];
  const given = expandVariables(document.toJS() ?? {}, environment, (path, message) =>
    mistakes.push({ path, message: `is not right: ${message}` }),
  );
  const result = settings.safeParse(given);
  mistakes.push(...(result.error?.issues ?? []).flatMap(mistakesOf));
  if (result.success && mistakes.length === 0) return result.data;
  throw new GatewayYamlError(
    mistakes.map(({ path, message }) =>
      problem(offsetOf(document, path), `${path.join('.') || 'The file'} ${message}`),
    ),
  );
};

/** The same for a file. @throws {GatewayYamlError} also when it cannot be read. */
export const readGatewayYaml = async (file: string, environment: Environment): Promise<GatewayYaml> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayYamlError([{ code: 'GATEWAY_YAML_INVALID', location: file, message }]);
  });
  return parseGatewayYaml(text, file, environment);
};

/** What a file without a word in it says. */
export const defaultGatewayYaml = (): GatewayYaml => settings.parse({});

type CallDefaults = {
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly connectionsMax: number;
};

/** How a subgraph is to be called: by its own settings, or else by those for all, or else by `defaults`. */
export const callSettingsOf = (yaml: GatewayYaml, name: string, defaults: CallDefaults) => {
  const own = Object.hasOwn(yaml.subgraphs, name) ? yaml.subgraphs[name] : undefined;
  return {
    timeoutMs: own?.timeoutMs ?? defaults.timeoutMs,
    responseBytesMax: own?.responseBytesMax ?? defaults.responseBytesMax,
    connectionsMax: own?.connectionsMax ?? defaults.connectionsMax,
    headers: own?.headers ?? yaml.headers,
    errors: own?.errors ?? yaml.errors ?? 'marked',
    breaker: own?.breaker ?? yaml.breaker,
    dedupe: own?.dedupe ?? yaml.dedupe ?? true,
    bulkhead: own?.bulkhead ?? yaml.bulkhead,
    retry: own?.retry ?? yaml.retry,
    hedge: own?.hedge ?? yaml.hedge,
    isRemembered: own?.fallback?.enabled ?? yaml.fallback.enabled,
  };
};

/**
 * What replaces the routing URLs of supergraphs, by subgraph name.
 *
 * @param urls of the setting `GATEWAY_SUBGRAPH_URLS`.
 * @throws {ConfigError} for a subgraph that both have another URL for.
 */
export const urlOverrides = (
  yaml: GatewayYaml,
  urls: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const named = Object.entries(yaml.subgraphs).flatMap(([name, { url }]) =>
    url ? [[name, url] as const] : [],
  );
  const problems = named
    .filter(([name, url]) => Object.hasOwn(urls, name) && urls[name] !== url)
    .map(
      ([name]) =>
        `GATEWAY_SUBGRAPH_URLS: has another URL for "${name}" than subgraphs.${name}.url of gateway.yaml`,
    );
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...urls, ...Object.fromEntries(named) };
};

type Mistake = { readonly path: readonly string[]; readonly message: string };

const mistakesOf = (issue: z.core.$ZodIssue): readonly Mistake[] => {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: 'is no setting.' }));
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => ({ path, message: `${message}.` }));
  return [{ path, message: `is not right: ${issue.message}.` }];
};
