import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { postWebhook } from './webhook-request.http.ts';
import { signWebhook } from './webhook.values.ts';

const webhook = signWebhook('whsec_c2VjcmV0', 'ntf_1-webhook', new Date(0), '{"type":"test"}');
const { signal } = new AbortController();

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});
const serve = async (listener: RequestListener): Promise<string> => {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
};
const post = (url: string, mayBePrivate = true) => postWebhook(url, webhook, { mayBePrivate, signal });

describe('a webhook request', () => {
  it('brings its body and its signature', async () => {
    let seen: unknown;
    const url = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.once('end', () => {
        seen = { method: request.method, headers: request.headers, body: Buffer.concat(chunks).toString() };
        response.writeHead(204).end();
      });
    });
    await post(url);
    expect(seen).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...webhook.headers },
      body: '{"type":"test"}',
    });
  });

  it.each([
    [302, 'WEBHOOK_REFUSED', true],
    [400, 'WEBHOOK_REFUSED', true],
    [500, 'WEBHOOK_REFUSED', true],
    [410, 'WEBHOOK_GONE', false],
  ])('that is answered with %d was not accepted: %s', async (status, code, retryable) => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests += 1;
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    await expect(post(url)).rejects.toMatchObject({ code, definition: { retryable } });
    expect(requests).toBe(1);
  });

  it('reads no more of an answer than its head, though it never ends', async () => {
    const url = await serve((_, response) => {
      const more = (): void => void (response.write('x'.repeat(65_536)) ? setImmediate(more) : undefined);
      response.on('error', () => undefined);
      response.writeHead(200);
      more();
    });
    await expect(post(url)).resolves.toBeUndefined();
  });

  it('that nobody takes is unreachable', async () => {
    await expect(post('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'WEBHOOK_UNREACHABLE' });
  });

  it.each(['127.0.0.1', 'localhost', '[::1]'])(
    'never connects to %s unless that is allowed',
    async (host) => {
      let requests = 0;
      const url = await serve((_, response) => {
        requests += 1;
        response.end();
      });
      const forbidden = url.replace('127.0.0.1', host);
      await expect(post(forbidden, false)).rejects.toMatchObject({ code: 'WEBHOOK_ADDRESS_FORBIDDEN' });
      expect(requests).toBe(0);
    },
  );
});
