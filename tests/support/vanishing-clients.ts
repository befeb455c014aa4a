import { Agent, request, type ClientRequest } from 'node:http';
import type { Person } from './tenants.ts';

/** Clients that ask and do not wait for the answer. */
export const vanishingClients = (url: string) => {
  const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
  let asking: ClientRequest[] = [];
  let arrived = 0;
  return {
    /** Sends one request over a connection of its own; its body when the server says that it is there. */
    ask: (query: string, variables: object, { token }: Person): void => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        expect: '100-continue',
      };
      const sent = request(url, { method: 'POST', agent, headers });
      sent.on('error', () => undefined);
      sent.once('continue', () => {
        arrived += 1;
        sent.end(JSON.stringify({ query, variables }));
      });
      // An answer that came before they left.
      sent.on('response', (response) => response.on('error', () => undefined).resume());
      sent.flushHeaders();
      asking.push(sent);
    },
    /** How many requests have reached the server. */
    arrived: () => arrived,
    /** All leave at once, and say nothing. */
    vanish: (): void => {
      for (const each of asking) each.destroy();
      asking = [];
    },
  };
};
