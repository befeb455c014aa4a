import { composeSupergraph } from '@saas/gateway';
import { execute, parse, validate, type GraphQLSchema } from 'graphql';
import type { FetchAnswer } from '@saas/engine';
import type { AskGateway, AskSubgraph, Call } from './gateways/answer.ts';
import { ownGateway } from './gateways/own-gateway.ts';
import { stockGateway } from './gateways/stock-gateway.ts';
import { subgraphSdl, type SubgraphSource } from './graphs/subgraph-source.ts';
import { worldSubgraphs, type Subgraphs, type Truth, type WorldContext } from './world/world-subgraphs.ts';
import type { Fails, World } from './world/world.ts';

/** One graph in three forms: behind our gateway, behind the stock one, and in one piece. */
export type TestGraph = {
  readonly api: GraphQLSchema;
  readonly own: AskGateway;
  readonly stock: AskGateway;
  readonly truth: Truth;
  readonly world: World;
  /** Names of fields that subgraphs are told as keys, or because they require them. */
  readonly trusted: readonly string[];
  /** Names of fields that require something of another subgraph. */
  readonly requiring: readonly string[];
  /** The subgraphs, with these fields failing. */
  readonly subgraphs: (fails: Fails) => AskSubgraph;
};

export const testGraph = async (sources: readonly SubgraphSource[]): Promise<TestGraph> => {
  const supergraphSdl = composed(sources);
  return { ...(await ownTestGraph(sources, supergraphSdl)), stock: await stockGateway(supergraphSdl) };
};

/** Without stock, which refuses the supergraph when it uses newer directives. */
export const ownTestGraph = async (
  sources: readonly SubgraphSource[],
  supergraphSdl: string = composed(sources),
): Promise<Omit<TestGraph, 'stock'>> => {
  const { api, ask: own } = await ownGateway(supergraphSdl);
  const { subgraphs, truth, world } = worldSubgraphs(sources, supergraphSdl, api);
  return {
    api,
    own,
    truth,
    world,
    trusted: trustedNames(supergraphSdl),
    requiring: requiringNames(supergraphSdl),
    subgraphs: (fails) => askIn(subgraphs, { fails }),
  };
};

export const composed = (sources: readonly SubgraphSource[]): string =>
  composeSupergraph(
    sources.map(({ name, sdl }) => ({
      name,
      sdl: subgraphSdl(sdl),
      routingUrl: `http://${name}.test/graphql`,
      location: `${name}.graphql`,
    })),
  ).supergraphSdl;

/** Over JSON, as it would be; what a subgraph's own schema forbids is a mistake of the gateway. */
const askIn =
  (subgraphs: Subgraphs, contextValue: WorldContext): AskSubgraph =>
  async ({ service, query, variables, operationName }: Call) => {
    const schema = subgraphs.get(service);
    if (schema === undefined) throw new Error(`no subgraph ${service}`);
    const document = parse(query);
    const [invalid] = validate(schema, document);
    if (invalid !== undefined) throw invalid;
    const variableValues = asJson(variables) as Record<string, unknown>;
    return asJson(
      await execute({ schema, document, variableValues, operationName, contextValue }),
    ) as FetchAnswer;
  };

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

const trustedNames = (supergraphSdl: string): readonly string[] => {
  const selections = [...supergraphSdl.matchAll(/(?:key|requires): "([^"]*)"/g)].map(
    ([, fields]) => fields ?? '',
  );
  return [...new Set(selections.flatMap((fields) => fields.match(/[_A-Za-z]\w*/g) ?? []))];
};

const requiringNames = (supergraphSdl: string): readonly string[] => [
  ...new Set([...supergraphSdl.matchAll(/^ {2}(\w+).*requires: "/gm)].map(([, name]) => name ?? '')),
];
