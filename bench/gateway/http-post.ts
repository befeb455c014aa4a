import { Pool } from 'undici';

/** Sends a body and gives the answer's text. */
export type HttpPost = (body: string) => Promise<string>;

/**
 * Posts JSON to one address over at most `connections` connections: as little as undici lets one do.
 *
 * @throws {Error} of every status but 200.
 */
export const httpPost = (url: string, connections: number): HttpPost => {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections });
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return async (body) =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let status = 0;
      pool.dispatch(
        { path, method: 'POST', headers, body },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_, statusCode) => {
            status = statusCode;
          },
          onResponseData: (_, chunk) => {
            chunks.push(chunk);
          },
          onResponseEnd: () => {
            const text = textOf(chunks);
            if (status === 200) resolve(text);
            else reject(new Error(`Status ${status}: ${text.slice(0, 500)}`));
          },
          onResponseError: (_, error) => reject(error),
        },
      );
    });
};

const textOf = (chunks: readonly Buffer[]): string => {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first.toString() : Buffer.concat(chunks).toString();
};
