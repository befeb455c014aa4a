import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What becomes of a cancel request; sessions are always passed on at once. */
type CancelFate = { readonly delayMs: () => number } | 'never answered';

/** @see PostgreSQL documentation, "Message Formats", CancelRequest. */
const CANCEL_CODE = 80_877_102;

/** Stands before a PostgreSQL server and lets cancel requests take their time, as a busy network would. */
export const cancelProxy = async (url: string) => {
  const { hostname, port } = new URL(url);
  let fate: CancelFate = { delayMs: () => 0 };
  let cancels = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const passOn = async (caller: Socket, first: Buffer): Promise<void> => {
    const isCancel = first.length >= 8 && first.readInt32BE(4) === CANCEL_CODE;
    if (isCancel) {
      cancels += 1;
      if (fate === 'never answered') return;
      await wait(fate.delayMs());
    }
    const target = keep(connect(Number(port), hostname));
    target.write(first);
    caller.pipe(target).pipe(caller);
    caller.once('close', () => target.destroy());
    target.once('close', () => caller.destroy());
  };
  const server = createServer((caller) => {
    keep(caller).once('data', (first: Buffer) => {
      caller.pause();
      void passOn(caller, first);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const there = new URL(url);
  there.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: there.href,
    /** How many cancel requests came. */
    cancels: () => cancels,
    setFate: (next: CancelFate): void => {
      fate = next;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
