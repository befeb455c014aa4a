import { describe, expect, it } from '@jest/globals';
import { readGatewayConfig } from './gateway.config.ts';

describe("the gateway's settings", () => {
  it('have defaults for everything', () => {
    expect(readGatewayConfig({})).toMatchObject({
      HTTP_PORT: 4_000,
      HTTP_HOST: '127.0.0.1',
      CORS_ORIGINS: new Set(['https://studio.apollographql.com']),
      GRAPHIQL: true,
    });
  });

  it('keep identity keys secret', () => {
    const key = 'a-key-with=equals-sign';
    const config = readGatewayConfig({ GATEWAY_IDENTITY_KEYS: `users=${key}, projects=${key}` });
    expect(config.IDENTITY_KEYS?.get('projects')?.reveal()).toBe(key);
    expect(JSON.stringify([...(config.IDENTITY_KEYS ?? [])])).not.toContain(key);
  });

  it('name every mistake at once, and no value', () => {
    const read = () =>
      readGatewayConfig({
        GATEWAY_IDENTITY_KEYS: 'users=short',
        GATEWAY_CORS_ORIGINS: '*,https://a.example/path',
        GATEWAY_PROT: '1',
      });
    expect(read).toThrow(/GATEWAY_IDENTITY_KEYS: needs name=key/);
    expect(read).toThrow(/GATEWAY_CORS_ORIGINS: needs origins/);
    expect(read).toThrow(/GATEWAY_PROT: unknown setting/);
    expect(read).not.toThrow(/short/);
  });
});
