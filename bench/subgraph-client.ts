import { Agent, request } from 'node:http';
import { IDENTITY_HEADER, signIdentity, type Viewer } from '@saas/auth';
import { systemClock } from '@saas/kernel';

export type SubgraphAnswer = {
  readonly data: Readonly<Record<string, unknown>>;
  /** Of what was written, or undefined when nothing was. */
  readonly token: string | undefined;
};

export type Ask = (
  viewer: Viewer,
  query: string,
  variables: object,
  token?: string,
) => Promise<SubgraphAnswer>;

/** Asks one subgraph as the gateway does, on connections that stay open. `close` ends them. */
export const subgraphClient = (
  url: string,
  channel: { readonly key: string; readonly audience: string },
): { readonly ask: Ask; readonly close: () => void } => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const ask: Ask = async (viewer, query, variables, token) => {
    const headers = {
      'content-type': 'application/json',
      [IDENTITY_HEADER]: signIdentity({ ...channel, clock: systemClock }, viewer),
      ...(token !== undefined && { 'consistency-token': token }),
    };
    const { text, written } = await post(url, agent, headers, JSON.stringify({ query, variables }));
    const answer = JSON.parse(text) as { data?: SubgraphAnswer['data']; errors?: unknown };
    if (!answer.data || answer.errors) throw new Error(`${channel.audience} answered ${text.slice(0, 400)}`);
    return { data: answer.data, token: written };
  };
  return { ask, close: () => agent.destroy() };
};

type Posted = { readonly text: string; readonly written: string | undefined };

const post = (url: string, agent: Agent, headers: Record<string, string>, body: string): Promise<Posted> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => {
        const written = response.headers['consistency-token'];
        resolve({ text, written: typeof written === 'string' ? written : undefined });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
