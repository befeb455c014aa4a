import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { composeSupergraph } from './compose-supergraph.ts';
import { fileSource } from './file-source.ts';
import { introspectionSource } from './introspection-source.ts';
import { smallSupergraph } from './planning.fixture.ts';
import { roverSource } from './rover-source.ts';
import { memorySource } from './supergraph-source.memory.ts';
import { describeSupergraphSourceContract } from './supergraph-source.contract.ts';
import { urlSource } from './url-source.ts';

jest.setTimeout(60_000);

const times = { settleMs: 5, pollMs: 50 };

const makeFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'source-'));
  return { path: (name: string) => join(folder, name), close: async () => rm(folder, { recursive: true }) };
};

const listen = async (answer: RequestListener) => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/`, close };
};

describeSupergraphSourceContract('memorySource', async () => {
  let text: string | undefined;
  const sources: ReturnType<typeof memorySource>[] = [];
  return {
    open: () => {
      const source = memorySource(text);
      sources.push(source);
      return source;
    },
    put: async (marker) => {
      text = smallSupergraph(marker);
      for (const source of sources) source.put(text);
    },
    spoil: async () => {
      text = undefined;
      for (const source of sources) source.fail('It is gone.');
    },
    close: async () => {},
  };
});

describeSupergraphSourceContract('fileSource', async () => {
  const { path, close } = await makeFolder();
  const file = path('supergraph.graphql');
  return {
    open: () => fileSource(file, times),
    put: async (marker) => writeFile(file, smallSupergraph(marker)),
    spoil: async () => writeFile(file, ''),
    close,
  };
});

describeSupergraphSourceContract('roverSource', async () => {
  const { path, close } = await makeFolder();
  await writeFile(
    path('supergraph.yaml'),
    'subgraphs: { a: { routing_url: "http://a/", schema: { file: a.graphql } } }',
  );
  return {
    open: () =>
      roverSource(path('supergraph.yaml'), {
        ...times,
        environment: {},
        compose: async (schemas) => composeSupergraph(schemas),
      }),
    put: async (marker) => writeFile(path('a.graphql'), `type Query { ${marker}: Int }`),
    spoil: async () => writeFile(path('a.graphql'), 'type Query { a: NoSuchType }'),
    close,
  };
});

describeSupergraphSourceContract('urlSource', async () => {
  let text: string | undefined;
  const { url, close } = await listen((request, response) => {
    if (text === undefined) return response.writeHead(503).end();
    const etag = `"${text.length}-${/one|two|three|four/.exec(text)?.[0]}"`;
    if (request.headers['if-none-match'] === etag) return response.writeHead(304).end();
    return response.writeHead(200, { etag }).end(text);
  });
  return {
    open: () => urlSource(url, { intervalMs: 5, intervalMsMax: 10 }),
    put: async (marker) => {
      text = smallSupergraph(marker);
    },
    spoil: async () => {
      text = undefined;
    },
    close,
  };
});

describeSupergraphSourceContract('introspectionSource', async () => {
  let sdl = '';
  const { url, close } = await listen((_request, response) => {
    if (sdl === '') return response.writeHead(503).end();
    return response.end(JSON.stringify({ data: { service: { sdl } } }));
  });
  return {
    open: () => introspectionSource({ subgraphs: [{ name: 'a', url }], pollMs: 5 }),
    put: async (marker) => {
      sdl = `type Query { ${marker}: Int }`;
    },
    spoil: async () => {
      sdl = '';
    },
    close,
  };
});
