import type { Logger } from '@saas/telemetry';
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts';
import { SupergraphError, type SupergraphProblem } from '../supergraph/supergraph.errors.ts';

/** What is closed when nobody will use it any more. */
type Closable = { readonly name: string; close(): Promise<void> };

/** Of a generation, what is needed to call its subgraphs. */
type Addressed = { readonly subgraphs: readonly SubgraphAddress[] };

type Options<Client> = {
  /** Opens a client for a subgraph at the URL that it is really called at. */
  readonly open: (address: SubgraphAddress) => Client;
  /** By subgraph name: what replaces the routing URL of every supergraph to come. */
  readonly urls: Readonly<Record<string, string>>;
  /** Names of subgraphs by the setting that mentions them; one that a supergraph does not have is warned of. */
  readonly mentioned: Readonly<Record<string, Iterable<string>>>;
  readonly logger: Logger;
};

/** The part of `Generations` that clients follow. */
type Followed<Generation extends Addressed> = {
  current(): Generation;
  onSwap(listener: (swap: { readonly next: Generation }) => void): () => void;
  onEmpty(listener: (generation: Generation) => void): () => void;
};

/** The clients of all generations that serve. One is shared by all generations that call the same subgraph at the same URL. */
export type SubgraphClients<Client> = {
  /**
   * To be asked before a generation serves.
   *
   * @throws {SupergraphError} `SUPERGRAPH_INVALID` naming every subgraph without a URL that it could be called at.
   */
  readonly check: (candidate: Addressed) => Promise<void>;
  /** By subgraph name; without the subgraphs that are not called over HTTP, such as one at `events://`. */
  readonly clientsOf: (generation: Addressed) => ReadonlyMap<string, Client>;
  /** The subgraphs that are called over HTTP, with the URL they are really called at. */
  readonly addressesOf: (generation: Addressed) => readonly SubgraphAddress[];
  /** Those, and the others with the address that the supergraph gives them. */
  readonly everyAddressOf: (generation: Addressed) => readonly SubgraphAddress[];
  /** From now on, opens what a new generation needs beforehand, and closes what none needs when its last request has left. */
  readonly follow: (generations: Followed<Addressed>) => void;
  readonly close: () => Promise<void>;
};

/** A client by the subgraph and the URL that it calls, and the generations that need it. */
type Shared<Client> = { readonly client: Client; readonly users: Set<Addressed> };

export const subgraphClients = <Client extends Closable>({
  open,
  urls,
  mentioned,
  logger,
}: Options<Client>): SubgraphClients<Client> => {
  const shared = new Map<string, Shared<Client>>();
  const known = new WeakMap<Addressed, ReadonlyMap<string, Client>>();
  const follows: (() => void)[] = [];

  const everyAddressOf = ({ subgraphs }: Addressed): readonly SubgraphAddress[] =>
    subgraphs.map(({ name, url }) => ({ name, url: urls[name] ?? url }));
  const addressesOf = (generation: Addressed): readonly SubgraphAddress[] =>
    everyAddressOf(generation).filter(({ url }) => /^https?:/.test(url));
  const take = (address: SubgraphAddress, user: Addressed): Client => {
    const key = keyOf(address);
    const entry = shared.get(key) ?? { client: open(address), users: new Set() };
    entry.users.add(user);
    shared.set(key, entry);
    return entry.client;
  };
  const clientsOf = (generation: Addressed): ReadonlyMap<string, Client> => {
    const opened = known.get(generation);
    if (opened !== undefined) return opened;
    const clients = new Map(
      addressesOf(generation).map((address) => [address.name, take(address, generation)]),
    );
    known.set(generation, clients);
    return clients;
  };
  const close = async (key: string, { client }: Shared<Client>): Promise<void> => {
    shared.delete(key);
    const [closed] = await Promise.allSettled([client.close()]);
    if (closed.status === 'rejected')
      logger.error({ error: closed.reason as unknown, subgraph: client.name }, 'a client did not close');
  };
  const giveUp = (generation: Addressed): void => {
    known.delete(generation);
    for (const [key, entry] of shared) {
      if (entry.users.delete(generation) && entry.users.size === 0) void close(key, entry);
    }
  };
  const begin = (generation: Addressed): void => {
    warnOfUnknown(generation, mentioned, logger);
    clientsOf(generation);
  };

  return {
    check: async ({ subgraphs }) => requireUrls(subgraphs, urls),
    clientsOf,
    addressesOf,
    everyAddressOf,
    follow: (generations) => {
      begin(generations.current());
      follows.push(
        generations.onSwap(({ next }) => begin(next)),
        generations.onEmpty(giveUp),
      );
    },
    close: async () => {
      for (const stop of follows.splice(0)) stop();
      await Promise.all([...shared].map(async ([key, entry]) => close(key, entry)));
    },
  };
};

const keyOf = ({ name, url }: SubgraphAddress): string => `${name} ${url}`;

const requireUrls = (subgraphs: readonly SubgraphAddress[], urls: Readonly<Record<string, string>>): void => {
  const problems = subgraphs
    .filter(({ name, url }) => !isAddress(urls[name] ?? url))
    .map(({ name, url }): SupergraphProblem => ({
      code: 'SUBGRAPH_URL_INVALID',
      subgraph: name,
      message:
        url === ''
          ? 'The supergraph names no URL for it. Name one where it is composed (routing_url), or in GATEWAY_SUBGRAPH_URLS.'
          : 'Its routing URL is no URL with http:// or https://. Correct it where it is composed, or replace it in GATEWAY_SUBGRAPH_URLS.',
    }));
  if (problems.length > 0) throw new SupergraphError('SUPERGRAPH_INVALID', problems);
};

/** `localhost:4001/graphql` is a URL to the letter of the law, of the scheme "localhost": nobody means that. */
const isAddress = (url: string): boolean => /^[a-z][a-z\d+.-]*:\/\//i.test(url) && URL.canParse(url);

const warnOfUnknown = (
  { subgraphs }: Addressed,
  mentioned: Readonly<Record<string, Iterable<string>>>,
  logger: Logger,
): void => {
  const names = new Set(subgraphs.map(({ name }) => name));
  for (const [setting, given] of Object.entries(mentioned)) {
    const unknown = [...given].filter((name) => !names.has(name));
    if (unknown.length > 0)
      logger.warn(
        { setting, unknown, subgraphs: [...names] },
        'a setting is for subgraphs that are not there',
      );
  }
};
