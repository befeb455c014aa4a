import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseFault, startFaultProxy, waitUntil } from './index.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Says what it was asked. */
const echo: Handler = (request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    const { method, url, headers } = request;
    response.setHeader('x-echo', 'yes').end(JSON.stringify({ method, url, text, header: headers['x-mine'] }));
  });
};

/** A proxy before a server that does as told, both gone with the test. */
const proxied = async (fault: string, { handler = echo, random = Math.random } = {}) => {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql?a=1`;
  const proxy = await startFaultProxy({ target, fault: parseFault(fault), random });
  cleanUps.push(() => proxy.close());
  return { proxy, seen, target };
};

const post = (url: string, more: RequestInit = {}) =>
  fetch(url, { method: 'POST', body: '{"query":"{ me }"}', headers: { 'x-mine': 'kept' }, ...more });

describe('a fault proxy', () => {
  it('passes everything on and counts it', async () => {
    const { proxy } = await proxied('none');
    const response = await post(proxy.url);
    expect(response.headers.get('x-echo')).toBe('yes');
    expect(await response.json()).toEqual({
      method: 'POST',
      url: '/graphql?a=1',
      text: '{"query":"{ me }"}',
      header: 'kept',
    });
    await waitUntil('the call to be over', () => proxy.counts().inFlight === 0);
    expect(proxy.counts()).toEqual({ calls: 1, faults: 0, inFlight: 0 });
  });

  it('hangs until the caller leaves, and asks nobody', async () => {
    const { proxy, seen } = await proxied('hang');
    const leaving = new AbortController();
    const answer = post(proxy.url, { signal: leaving.signal });
    await waitUntil('the call to hang', () => proxy.counts().inFlight === 1);
    leaving.abort();
    await expect(answer).rejects.toThrow(/abort/);
    await waitUntil('the call to be over', () => proxy.counts().inFlight === 0);
    expect(seen).toHaveLength(0);
    expect(proxy.counts().faults).toBe(1);
  });

  it('tears the connection down', async () => {
    const { proxy } = await proxied('reset');
    await expect(post(proxy.url)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('answers with a page that names the server behind it', async () => {
    const { proxy, target } = await proxied('500');
    const response = await post(proxy.url);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain(new URL(target).host);
  });

  it('gives the real answer a byte at a time', async () => {
    const { proxy } = await proxied('slow-drip', { handler: (_, response) => void response.end('abc') });
    const response = await post(proxy.url);
    const sizes: number[] = [];
    for await (const chunk of response.body ?? []) sizes.push((chunk as Uint8Array).byteLength);
    expect(sizes).toEqual([1, 1, 1]);
  });

  it('breaks JSON off', async () => {
    const { proxy } = await proxied('bad-json');
    const response = await post(proxy.url);
    expect(response.headers.get('content-type')).toBe('application/json');
    await expect(response.json()).rejects.toThrow(/JSON/);
  });

  it('sends more than anybody wants, no faster than it is read', async () => {
    const { proxy } = await proxied('huge-body');
    let bytes = 0;
    for await (const chunk of (await post(proxy.url)).body ?? []) bytes += (chunk as Uint8Array).byteLength;
    expect(bytes).toBeGreaterThan(64 * 1_024 * 1_024);

    const response = await post(proxy.url);
    await response.body?.cancel();
    await waitUntil('the call to be over', () => proxy.counts().inFlight === 0);
  });

  it('sends callers to where they would be answered', async () => {
    const { proxy, target } = await proxied('redirect');
    const response = await post(proxy.url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([307, target]);
    expect((await post(proxy.url)).headers.get('x-echo')).toBe('yes');
  });

  it('answers the given share with errors', async () => {
    const chances = [0.05, 0.5, 0.099, 0.1];
    const { proxy } = await proxied('errors=10%', { random: () => chances.shift() ?? 1 });
    const statuses: number[] = [];
    while (chances.length > 0) statuses.push((await post(proxy.url)).status);
    expect(statuses).toEqual([500, 200, 500, 200]);
    expect(proxy.counts()).toMatchObject({ calls: 4, faults: 2 });
  });

  it('waits, then passes', async () => {
    const { proxy, seen } = await proxied('latency=50ms');
    expect((await post(proxy.url)).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  it('passes nobody on who has left while waiting', async () => {
    const { proxy, seen } = await proxied('latency=600000ms');
    const leaving = new AbortController();
    const answer = post(proxy.url, { signal: leaving.signal });
    await waitUntil('the call to wait', () => proxy.counts().inFlight === 1);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await waitUntil('the call to be over', () => proxy.counts().inFlight === 0);
    expect(seen).toHaveLength(0);
  });

  it('changes its mind for the calls to come', async () => {
    const { proxy } = await proxied('500');
    expect((await post(proxy.url)).status).toBe(500);
    proxy.setFault({ kind: 'none' });
    expect((await post(proxy.url)).status).toBe(200);
    proxy.setFault({ kind: 'reset' });
    await expect(post(proxy.url)).rejects.toThrow();
    expect(proxy.counts()).toMatchObject({ calls: 3, faults: 2 });
  });

  it('ends the call at the target when the caller leaves', async () => {
    const { proxy, seen } = await proxied('none', { handler: () => undefined });
    const leaving = new AbortController();
    const answer = post(proxy.url, { signal: leaving.signal });
    const asked = await waitUntil('the target to be asked', () => seen[0]);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await waitUntil('the target to lose its caller', () => asked.socket.destroyed);
  });

  it('does to the caller what the target does to it', async () => {
    const { proxy } = await proxied('none', { handler: ({ socket }) => void socket.destroy() });
    await expect(post(proxy.url)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('ends every call when it closes, and is not there any more', async () => {
    const { proxy } = await proxied('hang');
    const answer = post(proxy.url).catch((error: unknown) => error);
    await waitUntil('the call to hang', () => proxy.counts().inFlight === 1);
    await proxy.close();
    expect(await answer).toMatchObject({ cause: { code: expect.stringMatching(/ECONNRESET|SOCKET/) } });
    await expect(post(proxy.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});
