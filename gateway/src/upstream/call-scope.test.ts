import { describe, expect, it } from '@jest/globals';
import type { Viewer } from '@saas/auth';
import { parseConsistencyTokens } from '@saas/kernel';
import { callScope } from './call-scope.ts';
import type { GatewayContext } from './gateway-context.ts';
import { upstreamCall } from './layers.fixture.ts';

const ada = {
  status: 'authenticated',
  userId: 'u1',
  tenantId: 't1',
  role: 'MEMBER',
  sessionId: 's1',
} as unknown as Viewer & object;
const context = (more: Partial<GatewayContext> = {}): GatewayContext => ({
  ...upstreamCall().context,
  ...more,
});

describe('what an answer may depend on besides the body', () => {
  const scopeOf = callScope({ propagate: ['Authorization', 'x-tenant'], insert: { 'x-tenant': 'fixed' } });
  const authorized = (authorization: string | undefined) =>
    scopeOf(context({ clientHeaders: { authorization, 'x-tenant': 'a' } }));

  it('is every part of the viewer', () => {
    const others = (['userId', 'tenantId', 'role', 'sessionId'] as const).map((part) =>
      scopeOf(context({ viewer: { ...ada, [part]: 'other' } as Viewer })),
    );
    expect(new Set([scopeOf(context()), scopeOf(context({ viewer: ada })), ...others]).size).toBe(6);
  });

  it('is every header that is sent on, and its absence', () => {
    expect(new Set([authorized('a'), authorized('b'), authorized(''), authorized(undefined)]).size).toBe(4);
  });

  it('is no header that is not sent on, or that is the same for all', () => {
    const one = scopeOf(context({ clientHeaders: { cookie: 'a=1', 'x-tenant': 'a' } }));
    expect(scopeOf(context({ clientHeaders: { cookie: 'a=2', 'x-tenant': 'b' } }))).toBe(one);
  });

  it('is what the caller must be able to see', () => {
    const seeing = (position: string) => {
      const one = context();
      one.tokens.add(parseConsistencyTokens(`users.shard-0=${position}`));
      return scopeOf(one);
    };
    expect(seeing('0/1A')).not.toBe(seeing('0/1B'));
    expect(seeing('0/1A')).toBe(seeing('0/1A'));
  });

  it('is nothing for somebody of whom the subgraph learns nothing', () => {
    expect(callScope()(context({ clientHeaders: { cookie: 'a' } }))).toBe('');
  });
});
