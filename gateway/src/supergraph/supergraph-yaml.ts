import { LineCounter, parseDocument } from 'yaml';
import { expandVariables, type Report } from './expand-variables.ts';
import { isFields, readSource, readText, refuseUnknown, type SchemaSource } from './schema-source.ts';
import { SupergraphError, type SupergraphProblem } from './supergraph.errors.ts';
import { offsetOf } from './yaml-offset.ts';

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
  const version =
    typeof value === 'string' || typeof value === 'number' ? `${value}` : value === undefined ? '2' : '';
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
