import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isPortFree, pickPort } from './free-port.ts';

const allFree = () => Promise.resolve(true);

describe('pickPort', () => {
  it('keeps the preferred port when it is free', async () => {
    expect(await pickPort(23_456, new Set(), allFree)).toBe(23_456);
  });

  it('chooses another port when the preferred one is in use', async () => {
    const port = await pickPort(23_456, new Set(), (candidate) => Promise.resolve(candidate !== 23_456));
    expect(port).not.toBe(23_456);
  });

  it('never gives the same port to two that ask together', async () => {
    const taken = new Set<number>();
    const ports = await Promise.all(Array.from({ length: 500 }, () => pickPort(undefined, taken, allFree)));
    expect(new Set(ports).size).toBe(500);
  });

  it('stays below the ports of outgoing connections', async () => {
    const port = await pickPort(undefined, new Set(), allFree);
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_000);
  });
});

describe('isPortFree', () => {
  it('sees a port that is listened on', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    expect(await isPortFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });
});
