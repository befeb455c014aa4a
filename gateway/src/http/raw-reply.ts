import type { FastifyReply } from 'fastify';
import type { HttpReply } from './http-exchange.ts';
import { securityHeaders } from './security-headers.ts';

type Headers = Readonly<Record<string, string>>;

const flat = (headers: Headers): readonly string[] => Object.entries(headers).flat();

const always = flat(securityHeaders);

/**
 * Writes a whole reply at once, past the framework: headers that are set one by one cost a small answer a fifth of its time.
 *
 * @param more headers of the connection rather than of the answer.
 */
export const writeRaw = (
  reply: FastifyReply,
  { status, headers }: Pick<HttpReply, 'status' | 'headers'>,
  body: string,
  more: Headers,
): void => {
  reply.hijack();
  const list = [...always];
  for (const name in more) list.push(name, more[name] ?? '');
  for (const name in headers) list.push(name, headers[name] ?? '');
  list.push('content-length', String(Buffer.byteLength(body)));
  reply.raw.writeHead(status, list);
  reply.raw.end(body);
};
