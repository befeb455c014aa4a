import type { FastifyReply } from 'fastify';

const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Answers are data: no browser should run, frame or sniff them. Transport security is the TLS terminator's to promise. */
export const setSecurityHeaders = (reply: FastifyReply): void => {
  void reply.headers(HEADERS);
};
