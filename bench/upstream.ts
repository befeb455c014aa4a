import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AuthenticatedViewer } from '@saas/auth';
import {
  breakers,
  callMeters,
  callSettingsOf,
  defaultGatewayYaml,
  openClient,
  tokenKeeper,
} from '@saas/gateway';
import { createLogger, prometheusMeter } from '@saas/telemetry';
import { httpPost } from './gateway/http-post.ts';
import { repositoryPath } from './gateway/repository-path.ts';
import { compare, warmUp, type Subject } from './measure.ts';
import type { Report } from './report.ts';

const AT_ONCE = [1, 16];
const CONNECTIONS = 16;
const ROUNDS = 9;
const ROUND_MS = 500;
const RUNS_MAX = 20_000;
const WARM_UP_ROUNDS = 20;
const query = 'query ($id: ID!) { project(id: $id) { id name state members version } }';

/**
 * What a call to a subgraph costs this process with everything that the gateway puts around it, beside bare undici: the
 * same question to the same server, its answer read to the end and parsed. The server is a process of its own.
 */
export const upstream = async (): Promise<Report> => {
  const server = await startServer();
  const chain = chainCalls(server.url);
  try {
    const [ours, bare] = [chain.subject, bareCalls(server.url)];
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await warmUp([ours, bare], ROUND_MS);
    const rows = [];
    for (const concurrency of AT_ONCE) {
      const bounds = { concurrency, rounds: ROUNDS, roundMs: ROUND_MS, runsMax: RUNS_MAX };
      const found = await compare(ours, bare, bounds);
      const { cpuUs } = found.ours;
      rows.push([concurrency, cpuUs, found.baseline.cpuUs, cpuUs - found.baseline.cpuUs, found.cpuRatio]);
    }
    const columns = ['calls at once', 'CPU µs', 'bare undici', 'over it', 'ratio'];
    return { name: 'upstream', tables: [{ title: 'CPU of one call to a subgraph', columns, rows }] };
  } finally {
    await chain.close();
    server.stop();
  }
};

const startServer = async (): Promise<{ readonly url: string; stop(): void }> => {
  const child = fork(repositoryPath('bench', 'dist', 'upstream-server.js'));
  const [message] = (await once(child, 'message')) as [{ readonly port: number }];
  return { url: `http://127.0.0.1:${message.port}/graphql`, stop: () => void child.kill() };
};

const bareCalls = (url: string): Subject => {
  const post = httpPost(url, CONNECTIONS);
  const start = `{"query":${JSON.stringify(query)},"variables":{"id":"`;
  let asked = 0;
  return {
    prepare: async () => async () => {
      asked += 1;
      return JSON.parse(await post(`${start}${asked}"}}`)) as unknown;
    },
  };
};

const viewer = {
  status: 'authenticated',
  userId: 'usr_1',
  tenantId: 'ten_1',
  role: 'MEMBER',
  sessionId: 'ses_1',
} as unknown as AuthenticatedViewer;

/** Every call asks for another id, so that none is shared, and comes from a request of its own. */
const chainCalls = (url: string): { readonly subject: Subject; close(): Promise<void> } => {
  const limits = { timeoutMs: 5_000, responseBytesMax: 1_000_000, connectionsMax: CONNECTIONS };
  const settings = callSettingsOf(defaultGatewayYaml(), 'projects', limits);
  const meter = prometheusMeter({ service: 'bench' });
  const meters = callMeters(meter);
  const logger = createLogger({ name: 'bench', level: 'silent' });
  const client = openClient({ name: 'projects', url }, settings, {
    meters,
    breakers: breakers({ logger, meter, identitiesOf: () => () => undefined }),
  });
  const signal = new AbortController().signal;
  let asked = 0;
  const call = async (): Promise<unknown> => {
    asked += 1;
    const context = {
      requestId: 'req_1',
      logger,
      viewer,
      signal,
      deadlineAtMs: performance.now() + 15_000,
      tokens: tokenKeeper(),
      identityFor: () => 'identity',
    };
    return client.call({ kind: 'query', query, variables: { id: `${asked}` } }, context);
  };
  return { subject: { prepare: async () => call }, close: async () => client.close() };
};
