import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, newTenantId, systemClock as clock } from '@saas/kernel';
import {
  generateSigningKey,
  keySetOf,
  remoteKeys,
  signAccessToken,
  verifyAccessToken,
  type AuthenticatedViewer,
  type SigningKey,
} from './index.ts';

const viewer: AuthenticatedViewer = {
  status: 'authenticated',
  userId: newId('usr', 3, clock),
  tenantId: newTenantId(clock),
  role: 'OWNER',
  sessionId: newId('ses', 3, clock),
};
const names = { issuer: 'users', audience: 'supergraph', clock };
const tokenBy = async (key: SigningKey): Promise<string> =>
  (await signAccessToken({ ...names, key, lifetimeSeconds: 900 }, viewer)).token;

describe('keys that are published elsewhere', () => {
  let server: Server;
  let url: URL;
  let published: readonly SigningKey[];
  let statusCode: number;
  let fetches: number;
  const [first, second] = [generateSigningKey().key, generateSigningKey().key];

  beforeEach(async () => {
    [published, statusCode, fetches] = [[first], 200, 0];
    server = createServer((_, answer) => {
      fetches += 1;
      answer.writeHead(statusCode, { 'content-type': 'application/json', connection: 'close' });
      answer.end(JSON.stringify(keySetOf(published)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
  });
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  afterEach(async () => {
    if (server.listening) await close();
  });

  it('are fetched once, and go on verifying when their publisher is away', async () => {
    const rules = { ...names, keys: remoteKeys(url) };
    await verifyAccessToken(rules, await tokenBy(first));
    await close();
    expect(await verifyAccessToken(rules, await tokenBy(first))).toMatchObject({ viewer });
    expect(fetches).toBe(1);
  });

  it('are fetched again for a key that is new, once the cooldown has passed', async () => {
    const rules = { ...names, keys: remoteKeys(url, { cooldownMs: 0 }) };
    await verifyAccessToken(rules, await tokenBy(first));
    published = [first, second];
    expect(await verifyAccessToken(rules, await tokenBy(second))).toMatchObject({ viewer });
  });

  it('are not fetched again for forged key names during the cooldown', async () => {
    const rules = { ...names, keys: remoteKeys(url) };
    await verifyAccessToken(rules, await tokenBy(first));
    const forged = await tokenBy(second);
    for (let times = 0; times < 3; times += 1) {
      await expect(verifyAccessToken(rules, forged)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    }
    expect(fetches).toBe(1);
  });

  it('are missing, not the token wrong, when their publisher is away or ill', async () => {
    const token = await tokenBy(first);
    statusCode = 500;
    await expect(verifyAccessToken({ ...names, keys: remoteKeys(url) }, token)).rejects.toMatchObject({
      code: 'KEYS_UNAVAILABLE',
    });
    await close();
    await expect(verifyAccessToken({ ...names, keys: remoteKeys(url) }, token)).rejects.toMatchObject({
      code: 'KEYS_UNAVAILABLE',
      definition: { retryable: true },
    });
  });
});
