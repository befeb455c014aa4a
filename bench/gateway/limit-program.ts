import { httpPost } from './http-post.ts';
import { jsonServer } from './json-server.ts';
import { limitOperations } from './limit-operations.ts';
import { operations } from './operations.ts';

/** As many as the gateway opens by default. */
const CONNECTIONS = 64;

// What a gateway cannot be faster than: no GraphQL, no checks, no log; each operation is a function.
const [port = '0', urls = '{}'] = process.argv.slice(2);
const posts = new Map(
  Object.entries(JSON.parse(urls) as Record<string, string>).map(([name, url]) => [
    name,
    httpPost(url, CONNECTIONS),
  ]),
);
const handlers = new Map(operations.map(({ name, query }) => [query, limitOperations[name]]));

type Asked = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };

jsonServer(async (body) => {
  const { query, variables } = JSON.parse(body) as Asked;
  const handler = handlers.get(query);
  if (handler === undefined) throw new Error('No such operation was written by hand.');
  return JSON.stringify({ data: await handler(posts, variables) });
}).listen(Number(port), '127.0.0.1');
