import type { Server } from 'node:http';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

type Options = {
  /** Stops listening and closes idle connections; resolves when the last connection is closed. */
  readonly close: () => Promise<unknown>;
  /** How long requests in hand may take. */
  readonly timeoutMs: number;
  /** Ends what is still in hand then. */
  readonly cutOff: () => void;
};

/** What a connection has left that was never used, or whose last answer is out. */
const LINGER_MS = 250;

/**
 * Counts the requests in hand of a server, so that a stop can wait for exactly those.
 *
 * @returns closes the server: every request that was read, and every one on a connection that was accepted, is answered
 *   first. After `timeoutMs` it calls `cutOff` and waits no longer.
 */
export const httpDrain = (server: Server): ((options: Options) => Promise<void>) => {
  const load = { inHand: 0, isLate: false };
  let onIdle = (): void => undefined;
  const leave = (): void => {
    load.inHand -= 1;
    if (load.inHand === 0) onIdle();
  };
  server.on('request', (_, response) => {
    load.inHand += 1;
    // Comes after the last byte was handed over, and just as well when the caller has gone.
    response.once('close', leave);
  });

  return async ({ close, timeoutMs, cutOff }) => {
    // What is in line is accepted, and what has arrived is read, before we close: both would be reset. The first turn may
    // be what is left of this round of the event loop; the second follows a whole look at the network.
    await turn();
    await turn();
    const closed = close();
    const timer = setTimeout(() => {
      load.isLate = true;
      cutOff();
      onIdle();
    }, timeoutMs);
    const idle = async (): Promise<void> =>
      new Promise((resolve) => {
        onIdle = resolve;
        if (load.inHand === 0 || load.isLate) resolve();
      });
    do {
      await idle();
      // A connection that was never used yet may bring one more.
      await Promise.race([closed, delay(LINGER_MS, undefined, { ref: false })]);
    } while (load.inHand > 0 && !load.isLate);
    clearTimeout(timer);
    server.closeAllConnections();
    await closed;
  };
};
