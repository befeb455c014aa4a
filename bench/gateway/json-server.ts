import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Answers each request's body with JSON text, with as little as node:http needs; what fails is a 500 with the reason. */
export const jsonServer = (answer: (body: string) => Promise<string>): Server => {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const body = await answer(await bodyOf(request));
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  };
  return createServer((request, response) => void handle(request, response));
};

const bodyOf = async (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [first] = chunks;
      resolve(
        chunks.length === 1 && first !== undefined ? first.toString() : Buffer.concat(chunks).toString(),
      );
    });
    request.on('error', reject);
  });
