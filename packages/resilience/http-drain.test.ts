import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { httpDrain } from './index.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A server that answers when it is told to. */
const started = async () => {
  const held: ServerResponse[] = [];
  let onHeld = (): void => undefined;
  const server = createServer((request, response) => {
    if (request.url === '/now') {
      response.end('now');
      return;
    }
    held.push(response);
    onHeld();
  });
  const drain = httpDrain(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return {
    stop: async (timeoutMs: number, cutOff: () => void = () => undefined) => {
      const close = async () => new Promise((resolve) => server.close(resolve));
      return drain({ close, timeoutMs, cutOff });
    },
    /** Resolves with the response that a request waits for. */
    held: async (): Promise<ServerResponse> => {
      if (held.length === 0) await new Promise<void>((resolve) => (onHeld = resolve));
      return held.shift() as ServerResponse;
    },
    client: async () => talk(port),
  };
};

const talk = async (port: number) => {
  const socket: Socket = connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  let text = '';
  let onText = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    onText();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  return {
    closed,
    text: () => text,
    send: (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`),
    says: async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) await new Promise<void>((resolve) => (onText = resolve));
    },
  };
};

describe('draining a server', () => {
  it('waits for the requests in hand', async () => {
    const { stop, held, client } = await started();
    const asking = await client();
    asking.send('/held');
    const response = await held();
    const order: string[] = [];
    const stopped = stop(60_000).then(() => order.push('stopped'));
    order.push('answered');
    response.end('late');
    await asking.says('late');
    await stopped;
    expect(order).toEqual(['answered', 'stopped']);
  });

  it('answers what had arrived when it began to close', async () => {
    const { stop, client } = await started();
    const known = await client();
    known.send('/now');
    await known.says('now');
    const fresh = await client();
    known.send('/now');
    fresh.send('/now');
    await stop(60_000);
    await Promise.all([known.closed, fresh.closed]);
    expect(known.text().match(/200 OK/g)).toHaveLength(2);
    expect(fresh.text()).toContain('200 OK');
  });

  it('ends at once what is idle, and soon what was never used', async () => {
    const { stop, client } = await started();
    const idle = await client();
    idle.send('/now');
    await idle.says('now');
    const unused = await client();
    await stop(60_000);
    await Promise.all([idle.closed, unused.closed]);
    expect(unused.text()).toBe('');
  });

  it('cuts off what takes too long', async () => {
    const { stop, held, client } = await started();
    const asking = await client();
    asking.send('/held');
    const response = await held();
    await stop(20, () => void response.writeHead(503).end('stopping'));
    await asking.closed;
    expect(asking.text()).toContain('503');
  });

  it('ends though what was cut off does not care', async () => {
    const { stop, held, client } = await started();
    const asking = await client();
    asking.send('/held');
    await held();
    await stop(20);
    await asking.closed;
    expect(asking.text()).toBe('');
  });
});
