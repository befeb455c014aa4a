import { request } from 'undici';

const TIMEOUT_MS = 10_000;
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const QUERY = 'query SubgraphIntrospectQuery { service: _service { sdl } }';

/**
 * Asks a running subgraph for its schema, the way rover does. Gives up after 10 s or 16 MiB; redirects are not followed.
 *
 * @throws {Error} saying what was wrong with the answer, never quoting it.
 */
export const introspectSubgraph = async (
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> => {
  const response = await request(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: QUERY, operationName: 'SubgraphIntrospectQuery' }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.statusCode !== 200) {
    await response.body.dump();
    throw new Error(`it answered with status ${response.statusCode}`);
  }
  const sdl = sdlOf(await readBody(response.body));
  if (sdl === undefined) throw new Error('it did not answer with _service.sdl');
  return sdl;
};

/** @throws {Error} for a body of more than `bytesMax` bytes; the rest of it is not read. */
export const readBody = async (
  body: AsyncIterable<Buffer>,
  bytesMax: number = BODY_BYTES_MAX,
): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new Error('its answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const sdlOf = (text: string): string | undefined => {
  try {
    const answer = JSON.parse(text) as {
      readonly data?: { readonly service?: { readonly sdl?: unknown } };
    } | null;
    const sdl = answer?.data?.service?.sdl;
    return typeof sdl === 'string' ? sdl : undefined;
  } catch {
    return undefined;
  }
};
