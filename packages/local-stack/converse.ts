import { connect } from 'node:net';

/**
 * Connects to a port of 127.0.0.1, sends a greeting and resolves with the first bytes of the answer; with nothing when
 * no one listens, the connection closes without a word, or a second passes.
 */
export const converse = (port: number, greeting: Uint8Array | string): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 }, () => socket.write(greeting));
    const finish = (answer: Buffer | undefined) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', finish);
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => finish(undefined));
  });
