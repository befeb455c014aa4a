import { readFile } from 'node:fs/promises';
import { brotliDecompress } from 'node:zlib';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { httpErrors } from './http.errors.ts';

export const GRAPHIQL_PATH = '/graphiql';

export type GraphiqlPage = {
  /** Brotli. */
  readonly html: Buffer;
  /** Allows this very page's script, by its hash. */
  readonly contentSecurityPolicy: string;
};

/** Beside `src` and `dist` alike. Made by `scripts/graphiql.mjs`; not kept in the repository, for it has 2 MB. */
const assets = new URL('../../assets/', import.meta.url);

/**
 * The offline GraphiQL: one page that loads nothing from anywhere else.
 *
 * @throws {AppError} `GRAPHIQL_NOT_BUILT`, saying how to build it.
 */
export const readGraphiqlPage = async (folder: URL = assets): Promise<GraphiqlPage> => {
  const files = ['graphiql.html.br', 'graphiql.csp.txt'].map(async (name) => readFile(new URL(name, folder)));
  const [html, policy] = await Promise.all(files).catch((cause: unknown) => {
    throw httpErrors.GRAPHIQL_NOT_BUILT({}, cause);
  });
  if (html === undefined || policy === undefined) throw httpErrors.GRAPHIQL_NOT_BUILT();
  return { html, contentSecurityPolicy: policy.toString('utf8').trim() };
};

/** Serves GraphiQL, compressed as it is stored; a client without Brotli gets it plain. Read at the first request. */
export const graphiqlRoute = (app: FastifyInstance, readPage: () => Promise<GraphiqlPage>): void => {
  let page: GraphiqlPage | undefined;
  app.get(GRAPHIQL_PATH, async (request, reply) => {
    page ??= await readPage();
    void reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': page.contentSecurityPolicy,
      'cache-control': 'no-cache',
      vary: 'origin, accept-encoding',
    });
    const takesBrotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
    if (!takesBrotli) return reply.send(await promisify(brotliDecompress)(page.html));
    return reply.header('content-encoding', 'br').send(page.html);
  });
};
