import { readFile } from 'node:fs/promises';
import { Kind, parse } from 'graphql';
import { SupergraphError } from './supergraph.errors.ts';

export type SubgraphAddress = { readonly name: string; readonly url: string };

export type Supergraph = {
  readonly supergraphSdl: string;
  readonly subgraphs: readonly SubgraphAddress[];
};

/**
 * Reads a composed supergraph from a file, and the subgraphs it names with their routing URLs.
 *
 * @throws {SupergraphError} `SUPERGRAPH_UNREADABLE` when the file is missing, is not GraphQL or names no subgraph.
 */
export const loadSupergraph = async (file: string): Promise<Supergraph> => {
  try {
    const supergraphSdl = await readFile(file, 'utf8');
    return { supergraphSdl, subgraphs: subgraphsOf(supergraphSdl) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SupergraphError(
      'SUPERGRAPH_UNREADABLE',
      [{ code: 'SUPERGRAPH_UNREADABLE', location: file, message }],
      cause,
    );
  }
};

/**
 * The subgraphs of a supergraph schema, in its order.
 *
 * @throws {Error} when the text is not GraphQL or has no `join__Graph`.
 */
export const subgraphsOf = (supergraphSdl: string): readonly SubgraphAddress[] => {
  const graphs = parse(supergraphSdl, { noLocation: true }).definitions.find(
    (definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph',
  );
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : [];
  if (values.length === 0) throw new Error('It names no subgraph (there is no enum join__Graph).');
  return values.map(({ name, directives }) => {
    const fields = directives?.find((directive) => directive.name.value === 'join__graph')?.arguments ?? [];
    const textOf = (argument: string): string | undefined => {
      const value = fields.find((field) => field.name.value === argument)?.value;
      return value?.kind === Kind.STRING ? value.value : undefined;
    };
    return { name: textOf('name') ?? name.value, url: textOf('url') ?? '' };
  });
};
