import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { createLogger, prometheusMeter } from '@saas/telemetry';
import { readGraphiqlPage, type GraphiqlPage } from './graphiql.ts';
import { httpServer } from './http-server.ts';

const serverWith = (readPage: () => Promise<GraphiqlPage>, graphiql = true) =>
  httpServer({
    handle: async () => ({ status: 200, headers: {}, body: 'handled' }),
    logger: createLogger({ name: 'gateway', level: 'silent' }),
    corsOrigins: new Set(),
    snapshot: () => ({ status: 'up', checks: {} }),
    isStopping: () => false,
    meter: prometheusMeter({ service: 'gateway', isProcessMeasured: false }),
    overload: undefined,
    graphiql,
    readPage,
  });
const page = async () => ({
  html: brotliCompressSync('<p>GraphiQL</p>'),
  contentSecurityPolicy: "default-src 'none'",
});

describe('GraphiQL', () => {
  it('is served with its own policy, compressed or plain as the browser can take it', async () => {
    const app = serverWith(page);
    const plain = await app.inject({ url: '/graphiql' });
    expect([plain.statusCode, plain.body]).toEqual([200, '<p>GraphiQL</p>']);
    expect(plain.headers['content-security-policy']).toBe("default-src 'none'");
    const compressed = await app.inject({ url: '/graphiql', headers: { 'accept-encoding': 'gzip, br' } });
    expect(compressed.headers['content-encoding']).toBe('br');
  });

  it('says how to build it when it was not built', async () => {
    const app = serverWith(async () => readGraphiqlPage(new URL('file:///no/such/folder/')));
    const response = await app.inject({ url: '/graphiql' });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHIQL_NOT_BUILT' } }] });
    expect(response.body).toContain('node scripts/graphiql.mjs');
  });

  it('is neither served nor led to when it is turned off', async () => {
    const app = serverWith(page, false);
    expect((await app.inject({ url: '/graphiql' })).statusCode).toBe(404);
    expect((await app.inject({ url: '/graphql', headers: { accept: 'text/html' } })).body).toBe('handled');
  });
});
