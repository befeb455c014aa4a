import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadSubgraphs } from './load-subgraphs.ts';
import { loadSupergraph } from './load-supergraph.ts';

describe('the schemas of a supergraph.yaml', () => {
  let folder = '';
  let url = '';
  let server: Server;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'supergraph-'));
    server = createServer((request, response) => {
      if (request.url === '/moved') return response.writeHead(302, { location: '/graphql' }).end();
      if (request.headers['x-key'] !== 'abc') return response.writeHead(401).end();
      return response.end('{"data":{"service":{"sdl":"type Query { b: Int }"}}}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });

  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  const write = async (yaml: string) => {
    const file = join(folder, 'supergraph.yaml');
    await writeFile(file, yaml);
    return file;
  };

  it('are read from files beside it and from running subgraphs', async () => {
    await writeFile(join(folder, 'a.graphql'), 'type Query { a: Int }');
    const file = await write(`federation_version: =2.9.0
subgraphs:
  b: { schema: { subgraph_url: '${url}/graphql', introspection_headers: { x-key: abc } } }
  a: { routing_url: 'http://a/', schema: { file: ./a.graphql } }
`);
    const { schemas, files, warnings } = await loadSubgraphs(file, {});
    expect(schemas).toEqual([
      { name: 'a', routingUrl: 'http://a/', sdl: 'type Query { a: Int }', location: 'a.graphql' },
      { name: 'b', routingUrl: `${url}/graphql`, sdl: 'type Query { b: Int }', location: 'b (introspected)' },
    ]);
    expect(files).toEqual([file, join(folder, 'a.graphql')]);
    expect(warnings).toEqual([expect.stringContaining('=2.9.0')]);
  });

  it('are all named when they cannot be had', async () => {
    const file = await write(`
subgraphs:
  a: { routing_url: 'http://a/', schema: { file: ./no-such.graphql } }
  b: { schema: { subgraph_url: '${url}/moved' } }
`);
    await expect(loadSubgraphs(file, {})).rejects.toMatchObject({
      code: 'SUPERGRAPH_CONFIG_INVALID',
      problems: expect.arrayContaining([
        expect.objectContaining({ subgraph: 'a', message: expect.stringContaining('ENOENT') }),
        expect.objectContaining({ subgraph: 'b', message: expect.stringContaining('status 302') }),
      ]),
    });
  });

  it('says how to make a supergraph file that is missing', async () => {
    const missing = loadSupergraph(join(folder, 'missing.graphql'));
    await expect(missing).rejects.toThrow('npm run compose:supergraph');
    await expect(missing).rejects.toMatchObject({ code: 'SUPERGRAPH_UNREADABLE' });
  });
});
