import { describe, expect, it } from '@jest/globals';
import { createLogger, memoryLog } from '@saas/telemetry';
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts';
import { subgraphClients } from './subgraph-clients.ts';

type Generation = { readonly subgraphs: readonly SubgraphAddress[] };

const generation = (urls: Readonly<Record<string, string>>): Generation => ({
  subgraphs: Object.entries(urls).map(([name, url]) => ({ name, url })),
});

/** Clients that note what was opened and closed, and generations that are swapped by hand. */
const setUp = (first: Generation, urls: Readonly<Record<string, string>> = {}) => {
  const opened: string[] = [];
  const closed: string[] = [];
  const log = memoryLog();
  const clients = subgraphClients({
    urls,
    mentioned: { GATEWAY_SUBGRAPH_URLS: Object.keys(urls) },
    logger: createLogger({ name: 'test', level: 'info', destination: log.destination }),
    open: ({ name, url }) => {
      opened.push(`${name} ${url}`);
      return { name, url, close: async () => void closed.push(`${name} ${url}`) };
    },
  });
  let onSwap: (swap: { next: Generation }) => void = () => undefined;
  let onEmpty: (generation: Generation) => void = () => undefined;
  clients.follow({
    current: () => first,
    onSwap: (listener) => {
      onSwap = listener;
      return () => undefined;
    },
    onEmpty: (listener) => {
      onEmpty = listener;
      return () => undefined;
    },
  });
  return {
    clients,
    opened,
    closed,
    log,
    swap: (next: Generation) => onSwap({ next }),
    empty: (old: Generation) => onEmpty(old),
  };
};

describe('the clients of subgraphs', () => {
  it('are there for all subgraphs that are called over HTTP, and for no others', () => {
    const first = generation({ users: 'http://users/', tasks: 'https://tasks/', events: 'events://gateway' });
    const { clients } = setUp(first);
    expect([...clients.clientsOf(first).keys()]).toEqual(['users', 'tasks']);
    expect(clients.addressesOf(first).map(({ name }) => name)).toEqual(['users', 'tasks']);
    expect(clients.everyAddressOf(first)).toHaveLength(3);
    expect(clients.clientsOf(first)).toBe(clients.clientsOf(first));
  });

  it('are shared by generations that call the same subgraph at the same URL', () => {
    const first = generation({ users: 'http://users/', tasks: 'http://tasks/' });
    const next = generation({ users: 'http://users/', tasks: 'http://tasks-2/' });
    const { clients, opened, swap } = setUp(first);
    swap(next);
    expect(opened).toEqual(['users http://users/', 'tasks http://tasks/', 'tasks http://tasks-2/']);
    expect(clients.clientsOf(next).get('users')).toBe(clients.clientsOf(first).get('users'));
    expect(clients.clientsOf(next).get('tasks')).not.toBe(clients.clientsOf(first).get('tasks'));
  });

  it('are closed when the last request has left the last generation that needs them', () => {
    const first = generation({ users: 'http://users/', tasks: 'http://tasks/' });
    const { swap, empty, closed } = setUp(first);
    const next = generation({ users: 'http://users/' });
    swap(next);
    expect(closed).toEqual([]);
    empty(first);
    expect(closed).toEqual(['tasks http://tasks/']);
    const last = generation({ users: 'http://users-2/' });
    swap(last);
    empty(next);
    expect(closed).toEqual(['tasks http://tasks/', 'users http://users/']);
  });

  it('are opened again for a latecomer of a replaced generation, and closed when it has left', () => {
    const first = generation({ users: 'http://users/' });
    const { clients, opened, closed, swap, empty } = setUp(first);
    swap(generation({}));
    empty(first);
    expect(clients.clientsOf(first).has('users')).toBe(true);
    expect(opened).toHaveLength(2);
    empty(first);
    expect(closed).toHaveLength(2);
  });

  it('are called at the URL that the settings name, whatever supergraph comes', () => {
    const first = generation({ users: 'http://users/' });
    const { clients, opened, swap } = setUp(first, { users: 'http://localhost/' });
    swap(generation({ users: 'http://users-2/' }));
    expect(opened).toEqual(['users http://localhost/']);
    expect(clients.addressesOf(first)).toEqual([{ name: 'users', url: 'http://localhost/' }]);
  });

  it('are all closed in the end', async () => {
    const { clients, closed } = setUp(generation({ users: 'http://users/', tasks: 'http://tasks/' }));
    await clients.close();
    expect(closed).toHaveLength(2);
  });

  it('warn at each supergraph without a subgraph that a setting is for', () => {
    const { log, swap } = setUp(generation({ users: 'http://users/' }), {
      users: 'http://u/',
      gone: 'http://g/',
    });
    swap(generation({ tasks: 'http://tasks/' }));
    expect(log.lines().map(({ unknown }) => unknown)).toEqual([['gone'], ['users', 'gone']]);
  });

  it.each(['', 'localhost:4001/graphql', '/graphql', 'http://'])(
    'refuse a supergraph with a subgraph at %j, and say which it is',
    async (url) => {
      const { clients } = setUp(generation({}));
      const refused = clients.check(generation({ users: 'http://users/', tasks: url }));
      await expect(refused).rejects.toMatchObject({
        code: 'SUPERGRAPH_INVALID',
        problems: [{ subgraph: 'tasks', message: expect.stringContaining('GATEWAY_SUBGRAPH_URLS') }],
      });
      const mended = setUp(generation({}), { tasks: 'http://tasks/' }).clients;
      await expect(mended.check(generation({ tasks: url }))).resolves.toBeUndefined();
    },
  );
});
