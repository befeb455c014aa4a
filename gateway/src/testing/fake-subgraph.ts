import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export type SubgraphCall = {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
};

type Behaviour = (call: SubgraphCall, response: ServerResponse) => unknown;

/** An HTTP server that stands for a subgraph: answers what it is told to, and remembers what it was asked. For tests. */
export const fakeSubgraph = async (name: string, initial: Behaviour) => {
  let behaviour = initial;
  const pages = new Map<string | undefined, unknown>([['/health', { status: 'up', checks: {} }]]);
  const calls: SubgraphCall[] = [];
  const closed: Promise<void>[] = [];
  const server = createServer((request, response) => {
    closed.push(new Promise((resolve) => response.once('close', resolve)));
    const page = pages.get(request.url);
    if (page !== undefined) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(page));
      return;
    }
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { query, variables } = JSON.parse(text) as SubgraphCall;
      const call = { query, variables, headers: request.headers };
      calls.push(call);
      const answer = behaviour(call, response);
      if (answer !== undefined)
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    name,
    url: `http://127.0.0.1:${port}/graphql`,
    calls,
    /** One promise per request received: resolves when its connection is done with it. */
    closed,
    behave: (next: Behaviour) => {
      behaviour = next;
      calls.length = 0;
    },
    /** What a GET of `path` answers. */
    setPage: (path: string, body: unknown) => {
      pages.set(path, body);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type FakeSubgraph = Awaited<ReturnType<typeof fakeSubgraph>>;
