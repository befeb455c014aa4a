import { composeServices } from '@apollo/composition';
import { GraphQLError, parse, Source, type ASTNode, type DocumentNode } from 'graphql';
import { SupergraphError, type SupergraphProblem } from './supergraph.errors.ts';

/** One subgraph as composition needs it. `location` names the schema's text in messages (a file, mostly). */
export type SubgraphSchema = {
  readonly name: string;
  readonly routingUrl: string;
  readonly sdl: string;
  readonly location: string;
};

export type ComposedSupergraph = {
  readonly supergraphSdl: string;
  /** What the composition library remarks on; nothing to stop for. */
  readonly hints: readonly SupergraphProblem[];
};

/**
 * Composes a Federation 2 supergraph. The same schemas give the same bytes, whatever their order: the library's output
 * follows the order of its input, so they are sorted by name first.
 *
 * Blocks the event loop: 0.15 s for three small subgraphs, a second for twelve large ones.
 *
 * @throws {SupergraphError} `SUPERGRAPH_COMPOSITION_FAILED` with every problem: code, subgraph, file, line and column.
 */
export const composeSupergraph = (schemas: readonly SubgraphSchema[]): ComposedSupergraph => {
  const sorted = schemas.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const problems: SupergraphProblem[] = [];
  const services = sorted.map(({ name, routingUrl, sdl, location }) => {
    const typeDefs = parseSchema(name, sdl, location, problems);
    return { name, url: routingUrl, typeDefs };
  });
  if (problems.length > 0) throw new SupergraphError('SUPERGRAPH_COMPOSITION_FAILED', problems);

  const { errors, hints, supergraphSdl } = composeServices(services);
  if (errors !== undefined || supergraphSdl === undefined) {
    throw new SupergraphError('SUPERGRAPH_COMPOSITION_FAILED', (errors ?? []).flatMap(problemsOf));
  }
  return {
    supergraphSdl: `${supergraphSdl.trimEnd()}\n`,
    hints: (hints ?? []).map((hint) => ({
      code: hint.definition.code,
      subgraph: subgraphOf(hint.nodes?.[0]),
      location: locationOf(hint.nodes?.[0]),
      message: hint.message,
    })),
  };
};

const nothing: DocumentNode = parse('type Query { nothing: Int }');

const parseSchema = (
  name: string,
  sdl: string,
  location: string,
  problems: SupergraphProblem[],
): DocumentNode => {
  try {
    return parse(new Source(sdl, location));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line = 1, column = 1 } = error.locations?.[0] ?? {};
    const where = `${location}:${line}:${column}`;
    problems.push({ code: 'INVALID_GRAPHQL', subgraph: name, location: where, message: error.message });
    return nothing;
  }
};

/** One problem per subgraph that takes part in it, so that each place is named; one without a place when unknown. */
const problemsOf = (error: GraphQLError): readonly SupergraphProblem[] => {
  const { code: given } = error.extensions;
  const code = typeof given === 'string' ? given : 'UNKNOWN';
  const nodes = (error.nodes ?? []).filter((node) => node.loc !== undefined);
  // The library already begins the message with "[subgraph] " when one subgraph alone is at fault.
  const named = /^\[([^\]]+)\] (.*)$/s.exec(error.message);
  const message = named?.[2] ?? error.message;
  if (nodes.length === 0) return [{ code, subgraph: named?.[1], message }];
  return nodes.map((node) => ({
    code,
    subgraph: subgraphOf(node) ?? named?.[1],
    location: locationOf(node),
    message,
  }));
};

const subgraphOf = (node: ASTNode | undefined): string | undefined =>
  node !== undefined && 'subgraph' in node && typeof node.subgraph === 'string' ? node.subgraph : undefined;

const locationOf = (node: ASTNode | undefined): string | undefined => {
  const place = node?.loc;
  return place && `${place.source.name}:${place.startToken.line}:${place.startToken.column}`;
};
