import { describe, expect, it } from '@jest/globals';
import { permissionChangeOf } from '@saas/auth';
import { describePermissionEffects } from '@saas/auth/testing';
import { newId, newTenantId, systemClock } from '@saas/kernel';
import { announceAccount } from './account/account.announcements.ts';
import { accountStream } from './account/account.decider.ts';
import { usersEvents } from './users.events.ts';
import { usersPermissionEffects, usersPermissionMessages } from './users-permissions.values.ts';

const userId = newId('usr', 7, systemClock);
const stream = accountStream(userId);

describePermissionEffects({
  service: 'users',
  effects: usersPermissionEffects,
  types: usersEvents.keys(),
  retold: {
    messages: usersPermissionMessages,
    folder: new URL('../events.fixtures/', import.meta.url),
    announce: (event) => ({ stream, announced: announceAccount(event as never, stream) }),
    // Announced only when a token was stolen, and then by name, while the event affects the whole tenant.
    except: ['SessionWasRevoked'],
  },
});

describe('the end of a session', () => {
  const changeBy = (actor: string) =>
    permissionChangeOf(usersPermissionEffects, {
      tenantId,
      metadata: { actor },
      streams: [
        { stream: 'session-1', events: [{ type: 'SessionWasRevoked', data: { reason: 'LOGGED_OUT' } }] },
      ],
    });
  const tenantId = newTenantId(systemClock);

  it('affects the user who logged out', () => {
    expect(changeBy(userId)).toEqual({ tenantId, userIds: [userId] });
  });

  it('affects the whole tenant when it is not known whose session it was', () => {
    expect(changeBy(newId('ses', 7, systemClock))).toEqual({ tenantId, userIds: 'all' });
  });
});
