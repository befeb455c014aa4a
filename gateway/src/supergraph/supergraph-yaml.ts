import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { expandVariables, type Report } from './expand-variables.ts';
import { SupergraphError, type SupergraphProblem } from './supergraph.errors.ts';

/** Where a subgraph's schema comes from; the three sources of rover that need nothing but files and HTTP. */
export type SchemaSource =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'sdl'; readonly sdl: string }
  | {
      readonly kind: 'introspection';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    };

export type SubgraphEntry = {
  readonly name: string;
  /** Absent only for an introspected subgraph, whose own URL then serves. */
  readonly routingUrl: string | undefined;
  readonly source: SchemaSource;
};

export type SupergraphConfig = {
  readonly federationVersion: string;
  /** Sorted by name, whatever their order in the file. */
  readonly subgraphs: readonly SubgraphEntry[];
};

/**
 * Reads rover's `supergraph.yaml` strictly: unknown keys, unset variables and unsupported sources are mistakes, and
 * all mistakes are reported at once with their line. `${env.NAME}` and `${env.NAME:-default}` are expanded in values.
 *
 * @param file names the text in messages.
 * @throws {SupergraphError} `SUPERGRAPH_CONFIG_INVALID`.
 * @see https://www.apollographql.com/docs/rover/commands/supergraphs#yaml-configuration-file
 */
export const parseSupergraphYaml = (
  text: string,
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): SupergraphConfig => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const problems: SupergraphProblem[] = [];
  const at = (offset: number | undefined): string => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  for (const error of document.errors) {
    const message = error.message.split('\n')[0] ?? error.message;
    problems.push({ code: 'SUPERGRAPH_CONFIG_INVALID', location: at(error.pos[0]), message });
  }
  if (problems.length > 0) throw new SupergraphError('SUPERGRAPH_CONFIG_INVALID', problems);

  const report: Report = (path, message, options = {}) =>
    problems.push({
      code: options.code ?? 'SUPERGRAPH_CONFIG_INVALID',
      subgraph: path[0] === 'subgraphs' ? path[1] : undefined,
      location: at(offsetOf(document, path)),
      message,
    });
  const value: unknown = expandVariables(document.toJS(), environment, report);
  const config = readRoot(value, report);
  if (problems.length > 0) throw new SupergraphError('SUPERGRAPH_CONFIG_INVALID', problems);
  return config;
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readRoot = (value: unknown, report: Report): SupergraphConfig => {
  const none: SupergraphConfig = { federationVersion: '2', subgraphs: [] };
  if (!isFields(value)) {
    report([], 'The file must be a map with "subgraphs".');
    return none;
  }
  refuseUnknown(value, ['federation_version', 'subgraphs'], [], report);
  const federationVersion = readFederationVersion(value['federation_version'], report);
  const entries = value['subgraphs'];
  if (!isFields(entries) || Object.keys(entries).length === 0) {
    report(['subgraphs'], '"subgraphs" must be a map with at least one subgraph.');
    return none;
  }
  const subgraphs = Object.entries(entries)
    .map(([name, entry]) => readSubgraph(name, entry, report))
    .filter((entry) => entry !== undefined)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { federationVersion, subgraphs };
};

const readFederationVersion = (value: unknown, report: Report): string => {
  const version = value === undefined ? '2' : String(value);
  const path = ['federation_version'];
  if (/^=?v?[01](\.|$)/.test(version)) {
    const message = `Federation ${version.replace(/^=?v?/, '')} is not supported; use Federation 2.`;
    report(path, message, { code: 'SUPERGRAPH_FEDERATION_1_UNSUPPORTED' });
  } else if (!/^(2|=2\.\d+\.\d+(-[\w.]+)?)$/.test(version)) {
    report(path, '"federation_version" must be 2 or an exact version such as =2.9.3.');
  }
  return version;
};

const readSubgraph = (name: string, value: unknown, report: Report): SubgraphEntry | undefined => {
  const path = ['subgraphs', name];
  if (!/^[A-Za-z][\w-]*$/.test(name))
    report(path, 'A subgraph name starts with a letter; then letters, digits, - and _.');
  if (!isFields(value)) {
    report(path, 'A subgraph must be a map with "schema".');
    return undefined;
  }
  refuseUnknown(value, ['routing_url', 'schema'], path, report);
  const routingUrl = readText(value, 'routing_url', path, report);
  if (routingUrl !== undefined && !URL.canParse(routingUrl))
    report([...path, 'routing_url'], 'This is not a URL.');
  const source = readSource(value['schema'], [...path, 'schema'], report);
  if (
    source !== undefined &&
    source.kind !== 'introspection' &&
    routingUrl === undefined &&
    !('routing_url' in value)
  ) {
    report(path, '"routing_url" is required.');
  }
  return source && { name, routingUrl, source };
};

const readSource = (value: unknown, path: readonly string[], report: Report): SchemaSource | undefined => {
  if (!isFields(value)) {
    report(path, '"schema" must be a map with one of file, sdl or subgraph_url.');
    return undefined;
  }
  for (const source of ['graphref', 'remote_url']) {
    if (!(source in value)) continue;
    const message = `"${source}" is not supported; use file, sdl or subgraph_url.`;
    report([...path, source], message, { code: 'SUPERGRAPH_SOURCE_UNSUPPORTED' });
    return undefined;
  }
  const kinds = ['file', 'sdl', 'subgraph_url'].filter((kind) => kind in value);
  if (kinds.length !== 1) {
    report(
      path,
      `"schema" must have exactly one of file, sdl and subgraph_url; it has ${kinds.join(' and ') || 'none'}.`,
    );
    return undefined;
  }
  refuseUnknown(
    value,
    kinds[0] === 'subgraph_url' ? ['subgraph_url', 'introspection_headers'] : kinds,
    path,
    report,
  );
  const file = readText(value, 'file', path, report);
  if (file !== undefined) return { kind: 'file', file };
  const sdl = readText(value, 'sdl', path, report);
  if (sdl !== undefined) return { kind: 'sdl', sdl };
  const url = readText(value, 'subgraph_url', path, report);
  if (url === undefined) return undefined;
  if (!/^https?:/.test(url) || !URL.canParse(url))
    report([...path, 'subgraph_url'], 'This is not an http(s) URL.');
  return { kind: 'introspection', url, headers: readHeaders(value['introspection_headers'], path, report) };
};

const readHeaders = (
  value: unknown,
  path: readonly string[],
  report: Report,
): Readonly<Record<string, string>> => {
  if (value === undefined) return {};
  const headers = [...path, 'introspection_headers'];
  if (!isFields(value)) {
    report(headers, '"introspection_headers" must be a map of texts.');
    return {};
  }
  const texts = Object.keys(value).map((name): [string, string] => [
    name,
    readText(value, name, headers, report) ?? '',
  ]);
  return Object.fromEntries(texts);
};

const readText = (
  fields: Fields,
  key: string,
  path: readonly string[],
  report: Report,
): string | undefined => {
  const value = fields[key];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '') return value;
  report([...path, key], `"${key}" must be a text that is not empty.`);
  return undefined;
};

const refuseUnknown = (
  fields: Fields,
  known: readonly string[],
  path: readonly string[],
  report: Report,
): void => {
  for (const key of Object.keys(fields)) {
    if (!known.includes(key))
      report([...path, key], `"${key}" is not a key of rover's format here (${known.join(', ')} are).`);
  }
};

/** The offset of the deepest part of `path` that the document has. */
const offsetOf = (document: Document, path: readonly string[]): number | undefined => {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const key of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair === undefined) break;
    offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
    node = pair.value;
  }
  return offset;
};
