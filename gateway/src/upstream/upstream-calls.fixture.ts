import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createLogger, memoryLog } from '@saas/telemetry';
import type { GatewayContext } from './gateway-context.ts';
import { subgraphClient, type SubgraphClientOptions } from './subgraph-call.ts';
import { tokenKeeper } from './token-keeper.ts';

type Received = { readonly request: IncomingMessage; readonly body: string };

/** A client, and a real server that answers what a test tells it to. */
export const callsToServer = async () => {
  let answer: (response: ServerResponse, received: Received) => void = (response) => {
    response.end('{"data":{}}');
  };
  const received: Received[] = [];
  const server = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ request, body });
      answer(response, { request, body });
    });
  });
  const port = await listening(server);
  const log = memoryLog();
  const opened: { close(): Promise<void> }[] = [];
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    server,
    logged: () => JSON.stringify(log.lines()),
    answerWith: (next: typeof answer) => {
      received.length = 0;
      answer = next;
    },
    client: (more: Partial<SubgraphClientOptions> = {}) => {
      const client = subgraphClient({
        name: 'users',
        url: `http://127.0.0.1:${port}/graphql?x=1`,
        timeoutMs: 5_000,
        responseBytesMax: 1_000,
        connectionsMax: 4,
        ...more,
      });
      opened.push(client);
      return client;
    },
    context: (more: Partial<GatewayContext> = {}): GatewayContext => ({
      requestId: 'request-1',
      logger: createLogger({ name: 'test', level: 'info', destination: log.destination }),
      viewer: { status: 'anonymous' },
      signal: new AbortController().signal,
      deadlineAtMs: performance.now() + 10_000,
      tokens: tokenKeeper(),
      identityFor: () => undefined,
      ...more,
    }),
    stop: async () => {
      await Promise.all(opened.map(async (client) => client.close()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type CallsToServer = Awaited<ReturnType<typeof callsToServer>>;

/** A server that speaks bytes: `talk` gets every connection, once per request that came whole in one piece. */
export const rawServer = async (talk: (socket: Socket, requests: number) => void) => {
  let requests = 0;
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      requests += 1;
      talk(socket, requests);
    });
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    requests: () => requests,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
