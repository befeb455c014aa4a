import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Flow } from '@saas/resilience';
import { acceptanceOf, type MediaType } from '../http/media-type.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { clientAddress } from './client-address.ts';
import type { OverloadControl, ShedReason } from './overload-control.ts';
import { overloadErrors } from './overload.errors.ts';

type Options = {
  readonly control: OverloadControl;
  /** Says which requests are for the graph. No other is ever refused here: who asks after our health gets an answer. */
  readonly isForGraph: (url: string) => boolean;
  /** What depends on the moment of the answer, and on who asks from where. */
  readonly headersFor: (request: IncomingMessage) => Readonly<Record<string, string>>;
};

/** A larger body is not looked into. */
const LOOKED_INTO_BYTES_MAX = 65_536;

/**
 * Stands before the framework, the log and every stage, and refuses there what would be refused further in, for a small part of the
 * cost. Nothing is parsed and nobody verified: requests are told apart by a token that was verified before, or by the client's
 * address, and something urgent by the word `mutation` in its body; the stage behind knows better, and looks again.
 *
 * A refusal here has no line in the access log, and no id; it is counted.
 */
export const httpDoor = (options: Options, serve: RequestListener): RequestListener => {
  const { control, isForGraph } = options;
  return (request, response) => {
    if (control.door.isOpen || !isForGraph(request.url ?? '')) return serve(request, response);
    if (control.door.isBlunt()) return refuse(options, request, response, 'loop_delay');
    const flow = flowOf(control, request);
    if (control.door.admits(flow)) return serve(request, response);
    if (flow.isGreedy || !mayBeUrgent(request)) return refuse(options, request, response, 'share');
    return whenBegun(request, (isUrgent) =>
      isUrgent ? serve(request, response) : refuse(options, request, response, 'share'),
    );
  };
};

const flowOf = (control: OverloadControl, request: IncomingMessage): Flow => {
  const { authorization } = request.headers;
  const known = authorization === undefined ? undefined : control.tokens.flowOf(authorization);
  return known ?? control.flowOfAddress(clientAddress(request, control.addressHeader));
};

const mayBeUrgent = ({ method, headers }: IncomingMessage): boolean =>
  method === 'POST' &&
  headers['content-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) <= LOOKED_INTO_BYTES_MAX;

/** Looks at what has come of the body, and leaves it there for whoever reads it. A client that leaves is not heard of again. */
const whenBegun = (request: IncomingMessage, go: (isUrgent: boolean) => void): void => {
  request.once('readable', () => {
    const begun = request.read() as Buffer | null;
    if (begun !== null) request.unshift(begun);
    go(begun?.includes('mutation') === true);
  });
};

const refuse = (
  { control, headersFor }: Options,
  request: IncomingMessage,
  response: ServerResponse,
  reason: ShedReason,
): void => {
  const seconds = control.noteShed(reason, 1);
  const { mediaType = 'application/json' } = acceptanceOf(request.headers.accept);
  const body = bodyOf(seconds);
  response.writeHead(503, [
    ...headsOf(mediaType),
    'retry-after',
    String(seconds),
    'content-length',
    String(body.byteLength),
    ...Object.entries(headersFor(request)).flat(),
  ]);
  response.end(body);
};

const heads = new Map<MediaType, readonly string[]>();

const headsOf = (mediaType: MediaType): readonly string[] => {
  const known = heads.get(mediaType);
  if (known !== undefined) return known;
  const made = Object.entries({
    ...securityHeaders,
    'content-type': `${mediaType}; charset=utf-8`,
    'cache-control': 'no-store',
  }).flat();
  heads.set(mediaType, made);
  return made;
};

const bodies = new Map<number, Buffer>();

const bodyOf = (retryAfterSeconds: number): Buffer => {
  const known = bodies.get(retryAfterSeconds);
  if (known !== undefined) return known;
  const { message, retryable } = overloadErrors.definitions.GATEWAY_OVERLOADED;
  const extensions = { retryAfterSeconds, code: 'GATEWAY_OVERLOADED', retryable };
  const made = Buffer.from(`${JSON.stringify({ errors: [{ message, extensions }] })}\n`);
  bodies.set(retryAfterSeconds, made);
  return made;
};
