import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { assertNever } from '@saas/kernel';
import type { SubgraphSchema } from './compose-supergraph.ts';
import { introspectSubgraph } from './introspect-subgraph.ts';
import { parseSupergraphYaml, type SubgraphEntry, type SupergraphConfig } from './supergraph-yaml.ts';
import { SupergraphError, type SupergraphProblem } from './supergraph.errors.ts';

export type LoadedSubgraphs = {
  readonly config: SupergraphConfig;
  readonly schemas: readonly SubgraphSchema[];
  /** Every file read, absolute: what a watcher must watch. */
  readonly files: readonly string[];
  /** Things to tell the operator that do not stop the composition. */
  readonly warnings: readonly string[];
};

/**
 * Reads rover's `supergraph.yaml` and the schema of each subgraph it names; schema files are relative to it.
 * Every mistake of the file, and then every schema that cannot be had, is reported at once.
 *
 * @throws {SupergraphError} `SUPERGRAPH_CONFIG_INVALID`.
 */
export const loadSubgraphs = async (
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LoadedSubgraphs> => {
  const read = await readSupergraphYaml(file, environment);
  return { ...read, schemas: await loadSchemas(file, read.config) };
};

/**
 * The first half of `loadSubgraphs`: the settings, and every file they name with themselves, absolute.
 *
 * @throws {SupergraphError} `SUPERGRAPH_CONFIG_INVALID`.
 */
export const readSupergraphYaml = async (
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Omit<LoadedSubgraphs, 'schemas'>> => {
  const path = resolve(file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const problem = {
      code: 'SUPERGRAPH_CONFIG_INVALID',
      location: file,
      message: `The file cannot be read (${reasonOf(cause)}).`,
    };
    throw new SupergraphError('SUPERGRAPH_CONFIG_INVALID', [problem], cause);
  });
  const config = parseSupergraphYaml(text, file, environment);
  const schemaFiles = config.subgraphs.flatMap(({ source }) =>
    source.kind === 'file' ? [resolve(dirname(path), source.file)] : [],
  );
  return { config, files: [path, ...schemaFiles], warnings: warningsOf(config) };
};

/**
 * The second half: the schema of each subgraph.
 *
 * @throws {SupergraphError} `SUPERGRAPH_CONFIG_INVALID` naming every schema that cannot be had.
 */
export const loadSchemas = async (
  file: string,
  config: SupergraphConfig,
): Promise<readonly SubgraphSchema[]> => {
  const problems: SupergraphProblem[] = [];
  const loaded = await Promise.all(
    config.subgraphs.map(async (entry) => {
      try {
        return await loadSchema(entry, dirname(resolve(file)));
      } catch (error) {
        const { name: subgraph } = entry;
        problems.push({ code: 'SUBGRAPH_SCHEMA_UNAVAILABLE', subgraph, message: messageOf(entry, error) });
        return undefined;
      }
    }),
  );
  if (problems.length > 0) throw new SupergraphError('SUPERGRAPH_CONFIG_INVALID', problems);
  return loaded.filter((schema) => schema !== undefined);
};

const installedVersion = (): string => {
  const manifest = createRequire(import.meta.url)('@apollo/composition/package.json') as { version: string };
  return manifest.version;
};

const warningsOf = ({ federationVersion }: SupergraphConfig): readonly string[] => {
  const installed = installedVersion();
  if (!federationVersion.startsWith('=') || federationVersion === `=${installed}`) return [];
  return [
    `federation_version is ${federationVersion}; the schema is composed with @apollo/composition ${installed}.`,
  ];
};

const loadSchema = async (
  { name, routingUrl, source }: SubgraphEntry,
  folder: string,
): Promise<SubgraphSchema> => {
  switch (source.kind) {
    case 'file': {
      const path = resolve(folder, source.file);
      const sdl = await readFile(path, 'utf8');
      return { name, routingUrl: routingUrl ?? '', sdl, location: relative(folder, path) };
    }
    case 'sdl':
      return { name, routingUrl: routingUrl ?? '', sdl: source.sdl, location: `${name} (sdl)` };
    case 'introspection': {
      const sdl = await introspectSubgraph(source.url, source.headers);
      return { name, routingUrl: routingUrl ?? source.url, sdl, location: `${name} (introspected)` };
    }
    default:
      return assertNever(source);
  }
};

const messageOf = ({ source }: SubgraphEntry, error: unknown): string => {
  const whence = source.kind === 'file' ? source.file : source.kind === 'introspection' ? source.url : 'sdl';
  return `The schema cannot be read from ${whence} (${reasonOf(error)}).`;
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
};
