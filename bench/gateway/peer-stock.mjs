// Apollo's gateway as its documentation starts it; with `tuned`, as well as it can be made from outside: a lean HTTP
// client towards the subgraphs, no telemetry. Runs in a folder where the packages are installed.
import { readFile } from 'node:fs/promises';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { Pool } from 'undici';

const [port, supergraphFile, mode] = process.argv.slice(2);
const supergraphSdl = await readFile(supergraphFile, 'utf8');

const leanSource = ({ url }) => {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: 64 });
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return {
    process: async ({ request: { query, variables } }) => {
      const { body } = await pool.request({
        path,
        method: 'POST',
        headers,
        body: JSON.stringify({ query, variables }),
      });
      return body.json();
    },
  };
};

const server =
  mode === 'tuned'
    ? new ApolloServer({
        gateway: new ApolloGateway({ supergraphSdl, buildService: leanSource }),
        plugins: [
          ApolloServerPluginCacheControlDisabled(),
          ApolloServerPluginInlineTraceDisabled(),
          ApolloServerPluginUsageReportingDisabled(),
        ],
      })
    : new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl }) });

await startStandaloneServer(server, { listen: { port: Number(port), host: '127.0.0.1' } });
