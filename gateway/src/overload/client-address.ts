import type { IncomingMessage } from 'node:http';

/**
 * Whose request it is when nobody has signed in: the address of the connection or, when it is told where, the one that a proxy
 * has seen. Of IPv6 the first 64 bits: whoever has one such address has all of them.
 *
 * @param header of a proxy of ours, which puts the address at its end; what clients wrote before that is not believed.
 */
export const clientAddress = (request: IncomingMessage, header: string | undefined): string => {
  const given = header === undefined ? undefined : request.headers[header];
  const told = Array.isArray(given) ? given.at(-1) : given;
  const last = told?.slice(told.lastIndexOf(',') + 1).trim();
  return networkOf(last || (request.socket.remoteAddress ?? 'nowhere'));
};

const LENGTH_MAX = 64;
const GROUPS = 4;
const MAPPED = '::ffff:';

const networkOf = (address: string): string => {
  if (!address.includes(':')) return address.slice(0, LENGTH_MAX);
  if (address.startsWith(MAPPED)) return address.slice(MAPPED.length, LENGTH_MAX);
  return address.slice(0, LENGTH_MAX).split(':').slice(0, GROUPS).join(':');
};
