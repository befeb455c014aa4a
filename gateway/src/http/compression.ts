import fastifyCompress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** Below this, an answer fits one packet either way. */
const BYTES_MIN = 1_024;

/**
 * Compresses answers for clients that ask for it. Answers in parts are left alone: their parts must not wait for each
 * other.
 */
export const compression = (app: FastifyInstance): void => {
  void app.register(fastifyCompress, {
    threshold: BYTES_MIN,
    encodings: ['br', 'gzip'],
    // Bodies of requests are inflated by a stage of the pipeline, within its limits.
    globalDecompression: false,
  });
};
