import { describe, expect, it } from '@jest/globals';
import { isAppError, newId, testClock, type UserId } from '@saas/kernel';
import { specification } from '@saas/event-sourcing/testing';
import fc from 'fast-check';
import { MEMBERS_MAX, project, type Project, type ProjectCommand } from './project.decider.ts';
import type { ProjectEvent } from './project.events.ts';
import { parseProjectName, PROJECT_ROLES, type Actor, type ProjectRole } from './project.values.ts';

const given = specification(project);
const clock = testClock();
const at = clock.now().toISOString();
const userId = (): UserId => newId('usr', 7, clock);
const member = (id = userId()): Actor => ({ userId: id, tenantRole: 'MEMBER' });
const [ada, ben, eve] = [member(), member(), member()];
const admin: Actor = { userId: userId(), tenantRole: 'ADMIN' };
const projectId = newId('prj', 7, clock);
const apollo = parseProjectName('Apollo');
const hive = parseProjectName('Hive');

const created: ProjectEvent = {
  type: 'ProjectWasCreated',
  data: { projectId, name: apollo, description: null, ownerId: ada.userId, by: ada.userId, at },
};
const archived: ProjectEvent = { type: 'ProjectWasArchived', data: { by: ada.userId, at } };
const added = (who: Actor, role: ProjectRole): ProjectEvent => ({
  type: 'ProjectMemberWasAdded',
  data: { userId: who.userId, role, by: ada.userId, at },
});
const rename = (by: Actor, name = hive): ProjectCommand => ({ type: 'RenameProject', name, by, at });
const add = (by: Actor, who: Actor, role: ProjectRole): ProjectCommand => ({
  type: 'AddProjectMember',
  userId: who.userId,
  role,
  standing: 'active',
  by,
  at,
});
const remove = (by: Actor, who: Actor): ProjectCommand => ({
  type: 'RemoveProjectMember',
  userId: who.userId,
  by,
  at,
});
const changeRole = (by: Actor, who: Actor, role: ProjectRole): ProjectCommand => ({
  type: 'ChangeProjectMemberRole',
  userId: who.userId,
  role,
  by,
  at,
});

describe('a project', () => {
  it('begins with whoever creates it as its owner', () => {
    given()
      .when({ type: 'CreateProject', projectId, name: apollo, description: null, by: ada, at })
      .thenHappens(created);
  });

  it('cannot be created twice', () => {
    given(created)
      .when({ type: 'CreateProject', projectId, name: apollo, description: null, by: ada, at })
      .thenRefused('PROJECT_EXISTS');
  });

  it('keeps its description when it is renamed', () => {
    given(created)
      .when(rename(ada))
      .thenHappens({
        type: 'ProjectWasRenamed',
        data: { name: hive, description: null, by: ada.userId, at },
      });
  });

  it('says nothing when its new name is its name', () => {
    given(created).when(rename(ada, apollo)).thenHappens();
  });

  it('looks absent to a stranger', () => {
    given(created).when(rename(eve)).thenRefused('PROJECT_NOT_FOUND');
  });

  it('is managed by the tenant’s admins as if they owned it', () => {
    given(created)
      .when({ type: 'ArchiveProject', by: admin, at })
      .thenHappens({ type: 'ProjectWasArchived', data: { by: admin.userId, at } });
  });

  it.each([rename(ada), add(ada, ben, 'MEMBER'), remove(ada, ada), changeRole(ada, ada, 'VIEWER')])(
    'refuses $type once archived',
    (command) => {
      given(created, archived).when(command).thenRefused('PROJECT_ARCHIVED');
    },
  );

  it('can be archived twice, so that a retried request is harmless', () => {
    given(created, archived).when({ type: 'ArchiveProject', by: ada, at }).thenHappens();
  });

  it.each(['MAINTAINER', 'MEMBER', 'VIEWER'] as const)('cannot be archived by a %s', (role) => {
    given(created, added(ben, role))
      .when({ type: 'ArchiveProject', by: ben, at })
      .thenRefused('PROJECT_ROLE_INSUFFICIENT');
  });
});

describe('taking a colleague in', () => {
  it('is recorded with the role', () => {
    given(created)
      .when(add(ada, ben, 'MEMBER'))
      .thenHappens(added(ben, 'MEMBER'));
  });

  it('does nothing when the colleague is in with that role', () => {
    given(created, added(ben, 'MEMBER'))
      .when(add(ada, ben, 'MEMBER'))
      .thenHappens();
  });

  it('does not change a role', () => {
    given(created, added(ben, 'MEMBER'))
      .when(add(ada, ben, 'VIEWER'))
      .thenRefused('PROJECT_MEMBER_EXISTS');
  });

  it.each([
    ['unknown', 'USER_NOT_FOUND'],
    ['deactivated', 'USER_NOT_FOUND'],
    ['too-new', 'USER_UNKNOWN_YET'],
  ] as const)('is refused when the user is %s', (standing, code) => {
    given(created)
      .when({ type: 'AddProjectMember', userId: ben.userId, role: 'MEMBER', standing, by: ada, at })
      .thenRefused(code);
  });

  it('needs no news of the one who acts', () => {
    given(created)
      .when({
        type: 'AddProjectMember',
        userId: admin.userId,
        role: 'MEMBER',
        standing: 'unknown',
        by: admin,
        at,
      })
      .thenHappens({
        type: 'ProjectMemberWasAdded',
        data: { userId: admin.userId, role: 'MEMBER', by: admin.userId, at },
      });
  });

  it('is up to a maintainer for viewers and members', () => {
    given(created, added(ben, 'MAINTAINER'))
      .when(add(ben, eve, 'VIEWER'))
      .thenHappens({
        type: 'ProjectMemberWasAdded',
        data: { userId: eve.userId, role: 'VIEWER', by: ben.userId, at },
      });
  });

  it('is refused to a maintainer for another one', () => {
    given(created, added(ben, 'MAINTAINER'))
      .when(add(ben, eve, 'MAINTAINER'))
      .thenRefused('PROJECT_ROLE_INSUFFICIENT');
  });

  it('ends at 500 members', () => {
    const crowd = Array.from({ length: MEMBERS_MAX - 1 }, () => added(member(), 'MEMBER'));
    given(created, ...crowd)
      .when(add(ada, ben, 'MEMBER'))
      .thenRefused('PROJECT_FULL');
  });
});

describe('leaving a project', () => {
  it('is up to everyone', () => {
    given(created, added(ben, 'VIEWER'))
      .when(remove(ben, ben))
      .thenHappens({
        type: 'ProjectMemberWasRemoved',
        data: { userId: ben.userId, ownerId: ada.userId, by: ben.userId, at },
      });
  });

  it('is refused to the last owner', () => {
    given(created, added(ben, 'MAINTAINER')).when(remove(ada, ada)).thenRefused('LAST_PROJECT_OWNER');
  });

  it('hands the first place on to the longest-serving owner', () => {
    given(created, added(ben, 'OWNER'), added(eve, 'OWNER'))
      .when(remove(ada, ada))
      .thenHappens({
        type: 'ProjectMemberWasRemoved',
        data: {
          userId: ada.userId,
          ownerId: ben.userId < eve.userId ? ben.userId : eve.userId,
          by: ada.userId,
          at,
        },
      });
  });

  it('does nothing for somebody who is no member', () => {
    given(created).when(remove(ada, eve)).thenHappens();
  });

  it('cannot be brought about by a maintainer for an owner', () => {
    given(created, added(ben, 'MAINTAINER')).when(remove(ben, ada)).thenRefused('PROJECT_ROLE_INSUFFICIENT');
  });
});

describe('a member’s role', () => {
  it('cannot be raised by the member', () => {
    given(created, added(ben, 'MAINTAINER'))
      .when(changeRole(ben, ben, 'OWNER'))
      .thenRefused('PROJECT_ROLE_INSUFFICIENT');
  });

  it('stays that of an owner for the last one', () => {
    given(created)
      .when(changeRole(ada, ada, 'MEMBER'))
      .thenRefused('LAST_PROJECT_OWNER');
  });

  it('can only be changed for a member', () => {
    given(created)
      .when(changeRole(ada, eve, 'MEMBER'))
      .thenRefused('PROJECT_MEMBER_NOT_FOUND');
  });
});

const people = [ada, ben, eve, member(), admin];
const anyone = fc.constantFrom(...people);
const anyRole = fc.constantFrom(...PROJECT_ROLES);
const anyCommand: fc.Arbitrary<ProjectCommand> = fc.oneof(
  fc.tuple(anyone, anyone, anyRole).map(([by, who, role]) => add(by, who, role)),
  fc.tuple(anyone, anyone).map(([by, who]) => remove(by, who)),
  fc.tuple(anyone, anyone, anyRole).map(([by, who, role]) => changeRole(by, who, role)),
  anyone.map((by) => rename(by)),
);

it('always has an owner, and one of the owners in the first place, whatever is tried', () => {
  fc.assert(
    fc.property(fc.array(anyCommand, { maxLength: 40 }), (commands) => {
      let state: Project = project.evolve(project.initialState, created);
      for (const command of commands) {
        state = decided(command, state).reduce(project.evolve, state);
        expect(state.status !== 'absent' && state.members[state.ownerId]?.role).toBe('OWNER');
      }
    }),
  );
});

it('decides the same again on what a snapshot kept', () => {
  fc.assert(
    fc.property(fc.array(anyCommand, { maxLength: 20 }), anyCommand, (commands, last) => {
      const state = commands.reduce<Project>(
        (before, command) => decided(command, before).reduce(project.evolve, before),
        project.evolve(project.initialState, created),
      );
      // jsonb keeps no order of keys.
      const kept = JSON.parse(JSON.stringify(state), (_, value: unknown) =>
        isRecord(value) ? Object.fromEntries(Object.entries(value).toReversed()) : value,
      ) as Project;
      expect(decided(last, kept)).toEqual(decided(last, state));
    }),
  );
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const decided = (command: ProjectCommand, state: Project): readonly ProjectEvent[] => {
  try {
    return project.decide(command, state);
  } catch (error) {
    if (isAppError(error)) return [];
    throw error;
  }
};
