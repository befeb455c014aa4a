import { describe, expect, it, jest } from '@jest/globals';
import { newId, newTenantId, testClock } from '@saas/kernel';
import { principalOf, type Principal } from './principal.ts';
import { isMet, namesRequired, authenticated } from './requirement.ts';
import { rightsOf } from './rights-of.ts';

const nobody: Principal = { isAuthenticated: false, scopes: new Set() };
const granting = (...granted: readonly string[]) =>
  jest.fn(async (_names: readonly string[], _signal: AbortSignal) => new Set(granted));
const asking = { timeoutMs: 1_000 };
const noPolicies = { policies: new Set() };

describe('rights', () => {
  it('are met by all names of one alternative', () => {
    const rights = { isAuthenticated: false, scopes: new Set(['a', 'b']), policies: new Set(['p']) };
    expect(isMet(namesRequired('scopes', [['c'], ['b', 'a']]), rights)).toBe(true);
    expect(isMet(namesRequired('scopes', [['a', 'c'], ['p']]), rights)).toBe(false);
    expect(isMet(namesRequired('policies', [['p']]), rights)).toBe(true);
    expect(isMet(namesRequired('scopes', [[]]), rights)).toBe(true);
    expect(isMet(namesRequired('scopes', []), rights)).toBe(false);
    expect(isMet(authenticated, rights)).toBe(false);
  });

  it('ask for the policies that matter, and hold none but these', async () => {
    const policies = granting('hr', 'root');
    const rights = await rightsOf({ ...nobody, policies }, ['eu', 'hr'], asking);
    expect(policies).toHaveBeenCalledWith(['eu', 'hr'], expect.any(AbortSignal));
    expect(rights.policies).toEqual(new Set(['hr']));
  });

  it('ask nobody when no policy matters', async () => {
    const policies = granting();
    await rightsOf({ ...nobody, policies }, [], asking);
    expect(policies).not.toHaveBeenCalled();
  });

  it('hold no policy when there is nobody to ask', async () => {
    expect(await rightsOf(nobody, ['hr'], asking)).toMatchObject(noPolicies);
  });

  it.each([
    ['fails', async () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['answers nonsense', async () => undefined as unknown as ReadonlySet<string>],
  ])('hold no policy when who is asked %s, and say so', async (_, policies) => {
    const onFailure = jest.fn();
    expect(await rightsOf({ ...nobody, policies }, ['hr'], { ...asking, onFailure })).toMatchObject(
      noPolicies,
    );
    expect(onFailure).toHaveBeenCalledWith(expect.any(Error));
  });

  it('hold no policy when the answer comes too late', async () => {
    const onFailure = jest.fn();
    const policies = async () => new Promise<never>(() => undefined);
    const late = await rightsOf({ ...nobody, policies }, ['hr'], { timeoutMs: 1, onFailure });
    expect(late).toMatchObject(noPolicies);
    expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ code: 'UPSTREAM_TIMEOUT' }));
  });

  it('are not found out for somebody who has left', async () => {
    const reason = new Error('gone');
    const policies = async () => new Set<string>();
    const signal = AbortSignal.abort(reason);
    await expect(rightsOf({ ...nobody, policies }, ['hr'], { ...asking, signal })).rejects.toBe(reason);
  });
});

describe('the bearer of an access token', () => {
  const clock = testClock();
  const viewer = {
    status: 'authenticated',
    userId: newId('usr', 3, clock),
    tenantId: newTenantId(clock),
    role: 'ADMIN',
    sessionId: newId('ses', 3, clock),
  } as const;

  it('has its scopes and a role, and no role by a scope', () => {
    const access = { viewer, scopes: new Set(['pay:read', 'role:OWNER']), expiresAtMs: 0 };
    expect(principalOf(access)).toEqual({
      isAuthenticated: true,
      scopes: new Set(['pay:read', 'role:ADMIN']),
    });
  });

  it('is nobody without one', () => {
    expect(principalOf(undefined)).toEqual(nobody);
  });
});
