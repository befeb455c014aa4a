import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DatabaseNode, defaultLimits } from './database-node.ts';
import { failureOf } from './prisma-failures.ts';

/** @see PostgreSQL documentation, "Message Formats": a letter, the length of the rest, the rest. */
const messageOf = (type: string, body: string | Uint8Array): Buffer => {
  const content = Buffer.from(body as string);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
};
const authenticationOk = messageOf('R', Uint8Array.of(0, 0, 0, 0));
const readyForQuery = messageOf('Z', 'I');
const farewell = messageOf(
  'E',
  'SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0',
);

/** Lets everyone in and dies, all in one packet. */
let server: Server;
beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([authenticationOk, readyForQuery, farewell])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

it('survives a server that dies while it says hello, and calls it unreachable', async () => {
  const { port } = server.address() as AddressInfo;
  const options = {
    shard: 'shard-0',
    role: 'primary' as const,
    url: `postgresql://ada@127.0.0.1:${port}/projects`,
    applicationName: 'test',
    limits: defaultLimits,
  };
  const node = new DatabaseNode<unknown>(
    {
      ...options,
      createClient: (adapter) => ({
        $transaction: async <Result>(work: (tx: unknown) => Promise<Result>): Promise<Result> => {
          const tx = await (await adapter.connect()).startTransaction();
          try {
            await tx.executeRaw({ sql: 'COMMIT', args: [], argTypes: [] });
            return await work(tx);
          } finally {
            await tx.rollback();
          }
        },
        $disconnect: async () => undefined,
      }),
    },
    'primary',
  );
  const failure = await node
    .transaction(
      {},
      async () => ({ pid: 1 }),
      async () => 'done',
    )
    .catch((error: unknown) => failureOf(error));
  expect(failure).toBe('unreachable');
  await node.close();
});
