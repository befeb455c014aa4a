import fastifyCompress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** Below this, an answer fits one packet either way. */
const LENGTH_MIN = 1_024;

/**
 * Compresses answers for clients that ask for it, where a route says so by `reply.compress`. Answers in parts are left
 * alone: their parts must not wait for each other.
 */
export const compression = (app: FastifyInstance): void => {
  void app.register(fastifyCompress, {
    threshold: LENGTH_MIN,
    encodings: ['br', 'gzip'],
    globalCompression: false,
    // Bodies of requests are inflated by a stage of the pipeline, within its limits.
    globalDecompression: false,
  });
};

export const isWorthCompressing = (body: unknown, acceptEncoding: string | undefined): boolean =>
  acceptEncoding !== undefined &&
  acceptEncoding !== 'identity' &&
  typeof body === 'string' &&
  body.length >= LENGTH_MIN;
