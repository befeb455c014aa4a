import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { requestCancel } from './cancel-request.ts';

/** @see PostgreSQL documentation, "Message Formats", CancelRequest: length, code, process, key. */
const CANCEL_REQUEST = [16, 80_877_102, 4_711, -2_000_000_000];

let server: Server;
let onSocket: (socket: Socket) => void;
beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

const client = () => {
  const { port } = server.address() as AddressInfo;
  const known = { host: '127.0.0.1', port, ssl: false, sslNegotiation: 'postgres' };
  return { ...known, processID: 4_711, secretKey: -2_000_000_000 } as unknown as pg.ClientBase;
};

describe('a cancel request', () => {
  it('names the server process with its key, and is done when the server has closed', async () => {
    const seen: number[] = [];
    onSocket = (socket) => {
      socket.once('data', (bytes: Buffer) => {
        for (let at = 0; at < bytes.length; at += 4) seen.push(bytes.readInt32BE(at));
        socket.end();
      });
    };
    await requestCancel(client());
    expect(seen).toEqual(CANCEL_REQUEST);
  });

  it('fails when the server does not answer', async () => {
    onSocket = () => undefined;
    await expect(requestCancel(client())).rejects.toThrow('A cancel request was not answered.');
  });

  it('fails when there is no server', async () => {
    const gone = client();
    server.close();
    await once(server, 'close');
    await expect(requestCancel(gone)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
