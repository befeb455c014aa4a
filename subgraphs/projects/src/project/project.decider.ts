import type { Decider } from '@saas/event-sourcing';
import { assertNever, type ProjectId, type UserId } from '@saas/kernel';
import type { Standing } from '../known-user/known-user.decider.ts';
import { projectErrors } from './project.errors.ts';
import type { ProjectEvent } from './project.events.ts';
import type { Actor, ProjectDescription, ProjectName, ProjectRole } from './project.values.ts';

type By = { readonly by: Actor; readonly at: string };
type Change = By &
  (
    | {
        readonly type: 'RenameProject';
        readonly name: ProjectName;
        /** Undefined leaves it as it is, null removes it. */
        readonly description?: ProjectDescription | null | undefined;
      }
    | { readonly type: 'ArchiveProject' }
    | {
        readonly type: 'AddProjectMember';
        readonly userId: UserId;
        readonly role: ProjectRole;
        /** What this service knows of the user, as of the version the command depends on. */
        readonly standing: Standing;
      }
    | { readonly type: 'RemoveProjectMember'; readonly userId: UserId }
    | { readonly type: 'ChangeProjectMemberRole'; readonly userId: UserId; readonly role: ProjectRole }
  );

export type ProjectCommand =
  | Change
  | (By & {
      readonly type: 'CreateProject';
      readonly projectId: ProjectId;
      readonly name: ProjectName;
      readonly description: ProjectDescription | null;
    });

export type ExistingProject = {
  readonly status: 'ACTIVE' | 'ARCHIVED';
  readonly projectId: ProjectId;
  readonly name: ProjectName;
  readonly description: ProjectDescription | null;
  /** Whom to ask first; always one of the owners. */
  readonly ownerId: UserId;
  readonly members: Readonly<Record<UserId, { readonly role: ProjectRole; readonly since: string }>>;
  readonly archivedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};
export type Project = { readonly status: 'absent' } | ExistingProject;

/** The bound that keeps a project's state, and the list of its members, small. */
export const MEMBERS_MAX = 500;

const decide = (command: ProjectCommand, state: Project): readonly ProjectEvent[] => {
  if (command.type === 'CreateProject') {
    if (state.status !== 'absent') throw projectErrors.PROJECT_EXISTS();
    const { projectId, name, description, at } = command;
    const by = command.by.userId;
    return [{ type: 'ProjectWasCreated', data: { projectId, name, description, ownerId: by, by, at } }];
  }
  const role = roleOf(command.by, state);
  if (state.status === 'absent' || role === null)
    throw projectErrors.PROJECT_NOT_FOUND({ field: 'projectId' });
  if (state.status === 'ARCHIVED' && command.type !== 'ArchiveProject')
    throw projectErrors.PROJECT_ARCHIVED();
  return change(command, state, role);
};

const change = (command: Change, state: ExistingProject, role: ProjectRole): readonly ProjectEvent[] => {
  const { at } = command;
  const by = command.by.userId;
  switch (command.type) {
    case 'RenameProject': {
      if (!isManager(role)) throw projectErrors.PROJECT_ROLE_INSUFFICIENT({ role });
      const { name, description = state.description } = command;
      if (name === state.name && description === state.description) return [];
      return [{ type: 'ProjectWasRenamed', data: { name, description, by, at } }];
    }
    case 'ArchiveProject':
      if (role !== 'OWNER') throw projectErrors.PROJECT_ROLE_INSUFFICIENT({ role });
      return state.status === 'ARCHIVED' ? [] : [{ type: 'ProjectWasArchived', data: { by, at } }];
    case 'AddProjectMember':
      return addMember(command, state, role);
    case 'RemoveProjectMember': {
      const { userId } = command;
      const member = state.members[userId];
      // Everyone may leave.
      if (userId !== by) mustManage(role, member?.role ?? 'VIEWER');
      if (!member) return [];
      const ownerId = ownerAfter(state, userId);
      return [{ type: 'ProjectMemberWasRemoved', data: { userId, ownerId, by, at } }];
    }
    case 'ChangeProjectMemberRole': {
      const { userId } = command;
      const member = state.members[userId];
      mustManage(role, member?.role ?? 'VIEWER', command.role);
      if (!member) throw projectErrors.PROJECT_MEMBER_NOT_FOUND({ field: 'userId' });
      if (member.role === command.role) return [];
      const ownerId = ownerAfter(state, userId, command.role);
      return [{ type: 'ProjectMemberRoleWasChanged', data: { userId, role: command.role, ownerId, by, at } }];
    }
    default:
      return assertNever(command);
  }
};

const addMember = (
  { userId, role: newRole, standing, by, at }: Extract<Change, { type: 'AddProjectMember' }>,
  state: ExistingProject,
  role: ProjectRole,
): readonly ProjectEvent[] => {
  mustManage(role, newRole);
  const member = state.members[userId];
  if (member?.role === newRole) return [];
  if (member) throw projectErrors.PROJECT_MEMBER_EXISTS({ field: 'userId', role: member.role });
  // Who acts is known by the token: its account was open when the request came in.
  const isKnown = standing === 'active' || userId === by.userId;
  if (!isKnown && standing === 'too-new') throw projectErrors.USER_UNKNOWN_YET({ field: 'userId' });
  if (!isKnown) throw projectErrors.USER_NOT_FOUND({ field: 'userId' });
  if (Object.keys(state.members).length >= MEMBERS_MAX)
    throw projectErrors.PROJECT_FULL({ membersMax: MEMBERS_MAX });
  return [{ type: 'ProjectMemberWasAdded', data: { userId, role: newRole, by: by.userId, at } }];
};

/** As what `actor` acts in a project; null for a stranger, to whom it must look absent. */
export const roleOf = ({ userId, tenantRole }: Actor, state: Project): ProjectRole | null => {
  if (state.status === 'absent') return null;
  return tenantRole === 'MEMBER' ? (state.members[userId]?.role ?? null) : 'OWNER';
};

const isManager = (role: ProjectRole): boolean => role === 'OWNER' || role === 'MAINTAINER';

/** Owners manage everyone, maintainers whoever may do less than they. */
const mustManage = (role: ProjectRole, ...managed: readonly ProjectRole[]): void => {
  const isAllowed = role === 'OWNER' || (role === 'MAINTAINER' && !managed.some(isManager));
  if (!isAllowed) throw projectErrors.PROJECT_ROLE_INSUFFICIENT({ role });
};

/** Whom to ask first once `userId` has `role`, or none: as before if possible, else the longest-serving owner. */
const ownerAfter = (state: ExistingProject, userId: UserId, role?: ProjectRole): UserId => {
  const { [userId]: changed, ...others } = state.members;
  const members = changed && role ? { ...others, [userId]: { ...changed, role } } : others;
  const owners = (Object.entries(members) as [UserId, (typeof members)[UserId]][])
    .filter(([, member]) => member.role === 'OWNER')
    .map(([id, { since }]) => ({ id, rank: `${id === state.ownerId ? 0 : 1} ${since} ${id}` }))
    .toSorted((left, right) => (left.rank < right.rank ? -1 : 1));
  if (!owners[0]) throw projectErrors.LAST_PROJECT_OWNER({ field: 'userId' });
  return owners[0].id;
};

const evolve = (state: Project, event: ProjectEvent): Project => {
  if (event.type === 'ProjectWasCreated') {
    const { projectId, name, description, ownerId, at } = event.data;
    const members = { [ownerId]: { role: 'OWNER' as const, since: at } };
    const times = { archivedAt: null, createdAt: at, updatedAt: at };
    return { status: 'ACTIVE', projectId, name, description, ownerId, members, ...times };
  }
  // History is trusted: anything before a creation means a corrupt stream, not a refused request.
  if (state.status === 'absent') throw new Error(`Corrupt stream: ${event.type} precedes ProjectWasCreated.`);
  const next = { ...state, updatedAt: event.data.at };
  switch (event.type) {
    case 'ProjectWasRenamed':
      return { ...next, name: event.data.name, description: event.data.description };
    case 'ProjectWasArchived':
      return { ...next, status: 'ARCHIVED', archivedAt: event.data.at };
    case 'ProjectMemberWasAdded': {
      const { userId, role, at } = event.data;
      return { ...next, members: { ...state.members, [userId]: { role, since: at } } };
    }
    case 'ProjectMemberWasRemoved': {
      const { [event.data.userId]: _removed, ...members } = state.members;
      return { ...next, members, ownerId: event.data.ownerId };
    }
    case 'ProjectMemberRoleWasChanged': {
      const { userId, role, ownerId } = event.data;
      const since = state.members[userId]?.since ?? event.data.at;
      return { ...next, members: { ...state.members, [userId]: { role, since } }, ownerId };
    }
    default:
      return assertNever(event);
  }
};

/** The rules of a project: who may do what, and that it never stands without an owner. */
export const project: Decider<Project, ProjectCommand, ProjectEvent> = {
  initialState: { status: 'absent' },
  evolve,
  decide,
};

/** When a project's state is kept, so that a long history need not be read; raise the version when its shape changes. */
export const projectSnapshots = { schemaVersion: 1, every: 100 } as const;
