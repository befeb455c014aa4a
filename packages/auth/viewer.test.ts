import { expect, it } from '@jest/globals';
import { newId, newTenantId, testClock } from '@saas/kernel';
import { anonymous, requireRole, requireViewer, type Viewer } from './index.ts';

const clock = testClock();
const member: Viewer = {
  status: 'authenticated',
  userId: newId('usr', 3, clock),
  tenantId: newTenantId(clock),
  role: 'MEMBER',
  sessionId: newId('ses', 3, clock),
};

it('asks nobody to sign in', () => {
  expect(() => requireViewer(anonymous)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
});

it('lets a viewer through whose role is among those asked for', () => {
  expect(requireRole(member, 'OWNER', 'MEMBER')).toBe(member);
});

it('refuses every other role', () => {
  expect(() => requireRole(member, 'OWNER', 'ADMIN')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
});
