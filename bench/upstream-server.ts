import { once } from 'node:events';
import { jsonServer } from './gateway/json-server.ts';

/** A subgraph that says the same to everybody, for `upstream.ts`; it tells whoever started it where it listens. */
const answer = JSON.stringify({
  data: { project: { id: 'p1', name: 'Apiary', state: 'ACTIVE', members: ['u1', 'u2', 'u3'], version: 7 } },
});

const server = jsonServer(async () => answer);
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
process.on('disconnect', () => process.exit());
process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
