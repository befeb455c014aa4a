import type { RecordedEvent } from '@saas/event-sourcing';
import { assertNever, type UserId } from '@saas/kernel';
import type { ReadModel } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-projects';
import { projectOfStream, type ProjectEvent } from '../project/project.events.ts';
import type { ProjectRole } from '../project/project.values.ts';
import { isProjectEvent } from './project-list.projection.ts';

type Tx = Prisma.TransactionClient;
type Recorded = RecordedEvent<ProjectEvent>;

/**
 * Writes who takes part in which project, together with the events: at most three statements for any number of them.
 */
export const projectMembersProjection: ReadModel<Tx> = {
  name: 'project-members-1',
  tables: ['project_members'],
  async apply(events, tx) {
    const { removed, added, changed } = memberRowsOf(events.filter(isProjectEvent));
    if (removed.length > 0) await removeMembers(tx, removed);
    if (added.length > 0) await tx.projectMember.createMany({ data: [...added] });
    if (changed.length > 0) await changeRoles(tx, changed);
  },
};

type Key = { readonly tenantId: string; readonly projectId: string; readonly userId: UserId };
type Added = Key & { readonly role: ProjectRole; readonly joinedAt: string };
type Changed = Key & { readonly role: ProjectRole };

/**
 * What the events leave behind of each membership. Whoever was removed and came back is removed, then added.
 */
export const memberRowsOf = (
  events: readonly Recorded[],
): {
  readonly removed: readonly Key[];
  readonly added: readonly Added[];
  readonly changed: readonly Changed[];
} => {
  const removed = new Map<string, Key>();
  const added = new Map<string, Added>();
  const changed = new Map<string, Changed>();
  for (const event of events) {
    const userId = memberOf(event);
    if (userId === null) continue;
    const key = { tenantId: event.tenantId, projectId: projectOfStream(event.stream), userId };
    const id = `${key.projectId} ${userId}`;
    const joined = added.get(id);
    switch (event.type) {
      case 'ProjectWasCreated':
        added.set(id, { ...key, role: 'OWNER', joinedAt: event.data.at });
        break;
      case 'ProjectMemberWasAdded':
        added.set(id, { ...key, role: event.data.role, joinedAt: event.data.at });
        break;
      case 'ProjectMemberWasRemoved':
        if (!added.delete(id)) removed.set(id, key);
        changed.delete(id);
        break;
      case 'ProjectMemberRoleWasChanged':
        if (joined) added.set(id, { ...joined, role: event.data.role });
        else changed.set(id, { ...key, role: event.data.role });
        break;
      case 'ProjectWasRenamed':
      case 'ProjectWasArchived':
        break;
      default:
        assertNever(event);
    }
  }
  return {
    removed: [...removed.values()],
    added: [...added.values()],
    changed: [...changed.values()],
  };
};

const memberOf = ({ type, data }: Recorded): UserId | null => {
  if (type === 'ProjectWasCreated') return data.ownerId;
  return type === 'ProjectWasRenamed' || type === 'ProjectWasArchived' ? null : data.userId;
};

const removeMembers = (tx: Tx, removed: readonly Key[]): Promise<number> => tx.$executeRaw`
  DELETE FROM project_members m
  USING jsonb_to_recordset(${JSON.stringify(removed)}::jsonb) x("tenantId" text, "projectId" text, "userId" text)
  WHERE m.tenant_id = x."tenantId" AND m.project_id = x."projectId" AND m.user_id = x."userId"`;

const changeRoles = (tx: Tx, changed: readonly Changed[]): Promise<number> => tx.$executeRaw`
  UPDATE project_members m SET role = x.role
  FROM jsonb_to_recordset(${JSON.stringify(changed)}::jsonb)
    x("tenantId" text, "projectId" text, "userId" text, role text)
  WHERE m.tenant_id = x."tenantId" AND m.project_id = x."projectId" AND m.user_id = x."userId"`;
