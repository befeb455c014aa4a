import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isAppError } from '@saas/kernel';
import { isPublicAddress } from './public-address.values.ts';
import { webhookErrors } from './webhook.errors.ts';
import { hostOf, type SignedWebhook } from './webhook.values.ts';

type Options = {
  /** Whether loopback, private and link-local addresses are allowed. */
  readonly mayBePrivate: boolean;
  readonly signal: AbortSignal;
};

const HEADER_BYTES_MAX = 16_384;

/**
 * Sends one request and resolves when it was answered with success (2xx). Of the answer only the head is read.
 *
 * A name is looked up once, every address that it leads to is checked, and the connection goes to one of those: a name that leads
 * elsewhere a moment later gains nothing. Redirects are not followed, connections not kept.
 *
 * @throws {AppError} `WEBHOOK_ADDRESS_FORBIDDEN`, `WEBHOOK_GONE`, `WEBHOOK_REFUSED` with the status, `WEBHOOK_UNREACHABLE`.
 */
export const postWebhook = async (
  to: string,
  { headers, body }: SignedWebhook,
  { mayBePrivate, signal }: Options,
): Promise<void> => {
  const url = new URL(to);
  const host = hostOf(url);
  // Bare addresses are not looked up.
  if (!mayBePrivate && isIP(host) !== 0 && !isPublicAddress(host))
    throw webhookErrors.WEBHOOK_ADDRESS_FORBIDDEN();
  const status = await new Promise<number>((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'supergraph-webhooks/1',
      },
      agent: false,
      maxHeaderSize: HEADER_BYTES_MAX,
      signal,
      ...(!mayBePrivate && { lookup: publicLookup }),
    });
    request.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      // What follows the head is none of our concern, however much it is.
      response.on('error', () => undefined);
      response.destroy();
    });
    request.on('error', (error) =>
      reject(isAppError(error) ? error : webhookErrors.WEBHOOK_UNREACHABLE({}, error)),
    );
    request.end(body);
  });
  if (status >= 200 && status < 300) return;
  throw status === 410 ? webhookErrors.WEBHOOK_GONE() : webhookErrors.WEBHOOK_REFUSED({ status });
};

/** As the system looks names up, but refusing those of which any address is not public. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  const all: LookupAllOptions = { ...options, all: true };
  lookup(hostname, all, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? [];
    if (error) return done(error, []);
    if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
      return done(webhookErrors.WEBHOOK_ADDRESS_FORBIDDEN(), []);
    return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
  });
};
