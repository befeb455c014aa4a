// Mercurius as a gateway, with JIT: it composes the subgraphs itself, by Federation 1. Runs in a folder where the packages are installed.
import mercuriusGateway from '@mercuriusjs/gateway';
import { fastify } from 'fastify';

const [port, urls] = process.argv.slice(2);
const app = fastify();
await app.register(mercuriusGateway, {
  jit: 1,
  gateway: {
    services: Object.entries(JSON.parse(urls)).map(([name, url]) => ({
      name,
      url,
      mandatory: true,
      connections: 64,
    })),
  },
});
await app.listen({ port: Number(port), host: '127.0.0.1' });
