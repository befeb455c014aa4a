import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** What is left of a connection after its last answer: a caller that still sends what nobody reads. */
const LINGER_MS = 250;

/**
 * Counts the requests in hand, so that a stop can wait for exactly those.
 *
 * @returns a function that stops accepting, waits until every request in hand was answered, and closes. After `timeoutMs`
 *   it calls `cutOff`, which is to abort what is still waiting, and closes without waiting any longer.
 */
export const drainer = (app: FastifyInstance) => {
  const inHand = new Set<ServerResponse>();
  let onIdle = (): void => undefined;
  app.addHook('onRequest', async (_, reply) => {
    const { raw } = reply;
    inHand.add(raw);
    // Comes after the last byte was handed over, and just as well when the caller has gone.
    raw.once('close', () => {
      inHand.delete(raw);
      if (inHand.size === 0) onIdle();
    });
  });

  return async (timeoutMs: number, cutOff: () => void): Promise<void> => {
    const closed = app.close();
    const idle = new Promise<void>((resolve) => {
      onIdle = resolve;
      if (inHand.size === 0) resolve();
    });
    const timer = setTimeout(() => {
      cutOff();
      onIdle();
    }, timeoutMs);
    await idle;
    clearTimeout(timer);
    const lingering = setTimeout(() => app.server.closeAllConnections(), LINGER_MS);
    await closed;
    clearTimeout(lingering);
  };
};
