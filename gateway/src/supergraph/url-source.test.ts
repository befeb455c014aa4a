import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { SupergraphSource } from './supergraph-source.port.ts';
import { until } from './until.fixture.ts';
import { urlSource, type UrlSourceOptions } from './url-source.ts';

jest.setTimeout(60_000);

describe('a supergraph at a URL', () => {
  let server: Server;
  let url = '';
  let asked: IncomingMessage[] = [];
  let answer = (_request: IncomingMessage, response: ServerResponse): unknown => response.end('text');
  let source: SupergraphSource | undefined;

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/s`;
  });
  afterEach(async () => {
    await source?.stop();
    server.closeAllConnections();
    server.close();
  });

  const follow = async (options: UrlSourceOptions = {}) => {
    source = urlSource(url, { intervalMs: 2, intervalMsMax: 4, ...options });
    const heard: string[] = [];
    await source.start({ found: (text) => heard.push(text), failed: ({ message }) => heard.push(message) });
    return heard;
  };

  it('is asked for with the tag and the headers, and not told while it is unmodified', async () => {
    answer = (request, response) =>
      request.headers['if-none-match'] === '"1"'
        ? response.writeHead(304).end()
        : response.writeHead(200, { etag: '"1"' }).end('text');
    const heard = await follow({ headers: { authorization: 'Bearer abc' } });
    await until(() => asked.length > 5);
    expect(heard).toEqual(['text']);
    expect(asked.slice(1).every(({ headers }) => headers['if-none-match'] === '"1"')).toBe(true);
    expect(asked.every(({ headers }) => headers.authorization === 'Bearer abc')).toBe(true);
  });

  it('may have moved within its origin', async () => {
    answer = (request, response) =>
      request.url === '/s' ? response.writeHead(302, { location: '/t' }).end() : response.end('text');
    expect(await follow()).toEqual(['text']);
  });

  it.each([
    ['to another origin', 'http://localhost:1/s', 'another origin'],
    ['in a circle', '/s', 'too many redirects'],
  ])('is not followed %s', async (_, location, message) => {
    answer = (_request, response) => response.writeHead(307, { location }).end();
    expect(await follow()).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['too large', (response: ServerResponse) => response.end('x'.repeat(1_001)), 'too large'],
    ['empty', (response: ServerResponse) => response.end(), 'nothing'],
    ['an error', (response: ServerResponse) => response.writeHead(404).end('text'), 'status 404'],
    ['cut off', (response: ServerResponse) => response.destroy(), 'SUPERGRAPH_SOURCE_FAILED'],
    ['never there', () => undefined, 'timeout'],
  ])('is refused when the answer is %s', async (_, respond, message) => {
    answer = (_request, response) => respond(response);
    expect(await follow({ bytesMax: 1_000, timeoutMs: 200 })).toEqual([expect.stringContaining(message)]);
  });

  it('is told again after it could not be reached, though it is unmodified', async () => {
    let isDown = false;
    answer = (request, response) => {
      if (isDown) return response.writeHead(503).end();
      return request.headers['if-none-match'] === '"1"'
        ? response.writeHead(304).end()
        : response.writeHead(200, { etag: '"1"' }).end('text');
    };
    const heard = await follow();
    isDown = true;
    await until(() => heard.length === 2);
    isDown = false;
    await until(() => heard.length === 3);
    expect(heard).toEqual(['text', expect.stringContaining('503'), 'text']);
  });
});
