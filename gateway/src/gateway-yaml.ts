import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { gatewayErrors } from './gateway.errors.ts';
import { describeProblem, type SupergraphProblem } from './supergraph/supergraph.errors.ts';
import { offsetOf } from './supergraph/yaml-offset.ts';

const count = () => z.int().positive();
const milliseconds = () => z.int().positive();

const subgraphSettings = z
  .strictObject({
    /** Replaces the routing URL of the supergraph. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** How long one call may take. */
    timeout_ms: milliseconds().optional(),
    connections_max: count().optional(),
    /** Largest answer that is read. */
    response_bytes_max: count().optional(),
  })
  .transform((given) => ({
    url: given.url,
    timeoutMs: given.timeout_ms,
    connectionsMax: given.connections_max,
    responseBytesMax: given.response_bytes_max,
  }));

const planningSettings = z
  .strictObject({
    deadline_ms: milliseconds().default(250),
    load_timeout_ms: milliseconds().default(30_000),
    queue_max: count().default(500),
    memory_mb_max: z.int().min(512).default(2_048),
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
    },
    cache: { entriesMax: given.cache_entries_max, bytesMax: given.cache_bytes_max },
    warmUp: { operationsMax: given.warm_up_operations_max, timeMsMax: given.warm_up_ms_max },
  }));

const settings = z
  .strictObject({
    subgraphs: z
      .record(z.string().regex(/^[A-Za-z][\w-]*$/, 'is no name of a subgraph'), subgraphSettings)
      .prefault({}),
    planning: planningSettings.prefault({}),
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
 *
 * @param file names the text in messages.
 * @param subgraphs the names that the supergraph has, when they are known: settings for any other one are a mistake.
 * @throws {GatewayYamlError} with every mistake.
 */
export const parseGatewayYaml = (
  text: string,
  file: string,
  subgraphs?: ReadonlySet<string>,
): GatewayYaml => {
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

  const result = settings.safeParse(document.toJS() ?? {});
  const mistakes = [
    ...(result.error?.issues ?? []).flatMap(mistakesOf),
    ...unknownSubgraphs(document, subgraphs),
  ];
  if (result.success && mistakes.length === 0) return result.data;
  throw new GatewayYamlError(
    mistakes.map(({ path, message }) =>
      problem(offsetOf(document, path), `${path.join('.') || 'The file'} ${message}`),
    ),
  );
};

/** The same for a file. @throws {GatewayYamlError} also when it cannot be read. */
export const readGatewayYaml = async (
  file: string,
  subgraphs?: ReadonlySet<string>,
): Promise<GatewayYaml> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayYamlError([{ code: 'GATEWAY_YAML_INVALID', location: file, message }]);
  });
  return parseGatewayYaml(text, file, subgraphs);
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

const unknownSubgraphs = (
  document: Document,
  subgraphs: ReadonlySet<string> | undefined,
): readonly Mistake[] => {
  const given: unknown = document.get('subgraphs');
  if (subgraphs === undefined || !isMap(given)) return [];
  return given.items
    .map(({ key }) => (isScalar(key) ? String(key.value) : ''))
    .filter((name) => !subgraphs.has(name))
    .map((name) => ({ path: ['subgraphs', name], message: 'is no subgraph of this supergraph.' }));
};
