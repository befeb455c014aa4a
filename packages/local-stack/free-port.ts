import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range that systems hand to outgoing connections, so that a port we release is likely to stay ours. */
const lowest = 20_000;
const highest = 31_999;

/**
 * A port of 127.0.0.1 on which nothing listens: the preferred one when it is free, otherwise one chosen by chance.
 *
 * The answer is a guess: another process may take the port before it is used. `taken` keeps ports apart that one caller
 * asks for together; the answer is added to it.
 */
export const pickPort = async (
  preferred: number | undefined,
  taken: Set<number>,
  isFree: (port: number) => Promise<boolean> = isPortFree,
): Promise<number> => {
  for (let candidate = preferred ?? anyPort(); ; candidate = anyPort()) {
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    if (await isFree(candidate)) return candidate;
  }
};

/** Whether one could listen on this port of 127.0.0.1 now. */
export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

const anyPort = (): number => randomInt(lowest, highest + 1);
