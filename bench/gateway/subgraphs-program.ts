import { once } from 'node:events';
import { graphWorld } from './graph-world.ts';
import { jsonServer } from './json-server.ts';
import { subgraphAnswers } from './subgraph-answers.ts';
import { subgraphSchemas } from './subgraph-schemas.ts';

/** What the subgraphs say to whoever started them: where they are, and on request how much they were asked since. */
export type SubgraphsMessage =
  { readonly ports: Readonly<Record<string, number>> } | { readonly calls: number };

const world = graphWorld();
let calls = 0;

const open = async (name: string): Promise<number> => {
  const answer = subgraphAnswers(name, world);
  const server = jsonServer(async (body) => {
    // A question after health comes without a body.
    if (body === '') return '{"status":"ok"}';
    calls += 1;
    return answer(body);
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const say = (message: SubgraphsMessage): void => {
  process.send?.(message);
};

const ports: Record<string, number> = {};
for (const name of Object.keys(subgraphSchemas)) ports[name] = await open(name);
process.on('message', () => {
  say({ calls });
  calls = 0;
});
process.on('disconnect', () => process.exit());
say({ ports });
