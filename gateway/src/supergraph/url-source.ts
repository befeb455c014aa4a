import { setTimeout as wait } from 'node:timers/promises';
import { request, type Dispatcher } from 'undici';
import { readBody } from './introspect-subgraph.ts';
import { Lookout } from './lookout.ts';
import { SupergraphError } from './supergraph.errors.ts';
import type { SupergraphSource } from './supergraph-source.port.ts';

export type UrlSourceOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  /** Between two looks, in milliseconds. */
  readonly intervalMs?: number;
  /** After failures the interval doubles, up to this, and then a random part of it is waited. */
  readonly intervalMsMax?: number;
  /** For one look, body included. */
  readonly timeoutMs?: number;
  readonly bytesMax?: number;
  /** 0 to 1; so that many gateways do not ask all at once. */
  readonly random?: () => number;
};

const REDIRECTS_MAX = 3;

/**
 * A composed supergraph at an http(s) URL, asked for regularly with the `ETag` of the last answer. Redirects are followed within the
 * same origin: our headers may hold a secret, and where schemas come from is decided by the operator alone.
 *
 * Tells `SUPERGRAPH_SOURCE_FAILED` for everything but status 200 or 304 with a body of decent size.
 */
export const urlSource = (url: string, options: UrlSourceOptions = {}): SupergraphSource => {
  const { intervalMs = 10_000, intervalMsMax = 60_000, random = Math.random } = options;
  const stopped = new AbortController();
  let etag: string | undefined;
  let failures = 0;
  const lookout = new Lookout(async () => {
    const found = await fetchText(new URL(url), etag, options, stopped.signal);
    failures = 0;
    if (found.text !== undefined) etag = found.etag;
    return found.text;
  });
  const look = async (): Promise<void> => {
    await lookout.look();
    if (lookout.hasFailed) failures += 1;
  };
  const pause = (): number => {
    if (failures === 0) return intervalMs * (0.9 + 0.2 * random());
    return intervalMs / 2 + random() * Math.min(intervalMsMax, intervalMs * 2 ** Math.min(failures, 16));
  };
  const keepLooking = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const [waited] = await Promise.allSettled([
        wait(pause(), undefined, { signal: stopped.signal, ref: false }),
      ]);
      if (waited.status === 'fulfilled') await look();
    }
  };
  return {
    name: `URL ${new URL(url).origin}`,
    start: async (listener) => {
      await lookout.start(listener);
      void keepLooking();
    },
    stop: async () => {
      lookout.stop();
      stopped.abort();
    },
  };
};

type Found = { readonly text: string | undefined; readonly etag: string | undefined };

const fetchText = async (
  url: URL,
  etag: string | undefined,
  options: UrlSourceOptions,
  stopped: AbortSignal,
): Promise<Found> => {
  const { timeoutMs = 10_000, bytesMax = 16 * 1_024 * 1_024, headers = {} } = options;
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
  const sent = {
    accept: 'text/plain, */*',
    ...headers,
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
  };
  try {
    return await answerOf(await get(url, { headers: sent, signal }), bytesMax);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const problem = { code: 'SUPERGRAPH_SOURCE_FAILED', location: url.origin, message };
    throw new SupergraphError('SUPERGRAPH_SOURCE_FAILED', [problem], cause);
  }
};

type Get = { readonly headers: Record<string, string>; readonly signal: AbortSignal };

const get = async (url: URL, options: Get, redirects = 0): Promise<Dispatcher.ResponseData> => {
  const response = await request(url, options);
  const { location } = response.headers;
  if (response.statusCode < 301 || response.statusCode === 304 || typeof location !== 'string')
    return response;
  await response.body.dump();
  const target = new URL(location, url);
  if (target.origin !== url.origin) throw new Error('It answered with a redirect to another origin.');
  if (redirects >= REDIRECTS_MAX) throw new Error('It answered with too many redirects.');
  return get(target, options, redirects + 1);
};

const answerOf = async (
  { statusCode, headers, body }: Dispatcher.ResponseData,
  bytesMax: number,
): Promise<Found> => {
  if (statusCode !== 200) {
    await body.dump();
    if (statusCode === 304) return { text: undefined, etag: undefined };
    throw new Error(`It answered with status ${statusCode}.`);
  }
  const text = await readBody(body, bytesMax);
  if (text.trim() === '') throw new Error('It answered with nothing.');
  return { text, etag: typeof headers['etag'] === 'string' ? headers['etag'] : undefined };
};
