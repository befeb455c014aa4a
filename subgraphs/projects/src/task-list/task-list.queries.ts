import type { AuthenticatedViewer } from '@saas/auth';
import type { ProjectId, TaskId, TenantId, UserId } from '@saas/kernel';
import { Prisma } from '@saas/prisma-projects';
import { grouped, type Slice } from '../project-list/project-list.queries.ts';
import type { TaskStatus } from '../task/task.values.ts';

type Tx = Prisma.TransactionClient;
type Viewer = Pick<AuthenticatedViewer, 'tenantId' | 'userId' | 'role'>;

/** A task as it is shown. Times come as ISO-8601 text when it was just decided, else as dates. */
export type TaskView = {
  readonly taskId: TaskId;
  readonly projectId: ProjectId;
  readonly title: string;
  readonly description: string | null;
  readonly status: TaskStatus;
  readonly assigneeId: UserId | null;
  readonly createdBy: UserId;
  readonly dueAt: Date | string | null;
  readonly completedAt: Date | string | null;
  readonly version: number;
  readonly createdAt: Date | string;
  readonly updatedAt: Date | string;
};

export type TaskFilter = Slice & {
  readonly status?: TaskStatus | undefined;
  readonly assigneeId?: UserId | undefined;
};

export type TaskCounts = { readonly projectId: ProjectId; readonly total: number; readonly open: number };

// Behind every id in any collation, so that the first page is asked for by the same statement, and from the index.
const LAST_TASK = `tsk_${'z'.repeat(26)}`;

const COLUMNS = Prisma.sql`
  t.task_id AS "taskId", t.project_id AS "projectId", t.title, t.description, t.status,
  t.assignee_id AS "assigneeId", t.created_by AS "createdBy", t.due_at AS "dueAt", t.completed_at AS "completedAt",
  t.version, t.created_at AS "createdAt", t.updated_at AS "updatedAt"`;

/** Those of the tasks that the viewer sees: the ones in projects that he or she sees. */
export const tasksByIds = async (
  tx: Tx,
  viewer: Viewer,
  ids: readonly TaskId[],
): Promise<ReadonlyMap<TaskId, TaskView>> => {
  const rows = await tx.$queryRaw<TaskView[]>`
    SELECT ${COLUMNS} FROM tasks t
    WHERE t.tenant_id = ${viewer.tenantId} AND t.task_id = ANY(${ids}::text[]) ${isSeenBy(viewer)}`;
  return new Map(rows.map((row) => [row.taskId, row]));
};

/**
 * The tasks of each of the projects, the newest first, `limit` for each, in one statement. Ask only for projects that
 * the viewer sees. Each list is read off an index by project, or by project and status, and ends as soon as it is full.
 */
export const tasksOfProjects = async (
  tx: Tx,
  tenantId: TenantId,
  projectIds: readonly ProjectId[],
  { after = LAST_TASK, limit, status, assigneeId }: TaskFilter,
): Promise<ReadonlyMap<ProjectId, readonly TaskView[]>> => {
  const rows = await tx.$queryRaw<TaskView[]>`
    SELECT x.* FROM unnest(${projectIds}::text[]) p(id)
    CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM tasks t
      WHERE t.tenant_id = ${tenantId} AND t.project_id = p.id AND t.task_id < ${after} ${isInStatus(status)}
        ${assigneeId === undefined ? Prisma.empty : Prisma.sql`AND t.assignee_id = ${assigneeId}`}
      ORDER BY t.task_id DESC LIMIT ${limit}
    ) x
    ORDER BY x."projectId", x."taskId" DESC`;
  return grouped(rows, ({ projectId }) => projectId);
};

/** The tasks of each of the users that the viewer sees, the newest first, `limit` for each, in one statement. */
export const tasksOfUsers = async (
  tx: Tx,
  viewer: Viewer,
  userIds: readonly UserId[],
  { after = LAST_TASK, limit, status }: TaskFilter,
): Promise<ReadonlyMap<UserId | null, readonly TaskView[]>> => {
  const rows = await tx.$queryRaw<TaskView[]>`
    SELECT x.* FROM unnest(${userIds}::text[]) u(id)
    CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM tasks t
      WHERE t.tenant_id = ${viewer.tenantId} AND t.assignee_id = u.id AND t.task_id < ${after}
        ${isInStatus(status)} ${isSeenBy(viewer)}
      ORDER BY t.task_id DESC LIMIT ${limit}
    ) x
    ORDER BY x."assigneeId", x."taskId" DESC`;
  return grouped(rows, ({ assigneeId }) => assigneeId);
};

/**
 * How many tasks each of the projects has. Counted when asked for, off an index: a count that is kept would make everyone
 * who creates tasks in one project wait for each other.
 */
export const taskCountsOfProjects = async (
  tx: Tx,
  tenantId: TenantId,
  projectIds: readonly ProjectId[],
): Promise<ReadonlyMap<ProjectId, TaskCounts>> => {
  const rows = await tx.$queryRaw<TaskCounts[]>`
    SELECT t.project_id AS "projectId", count(*)::int AS total, count(*) FILTER (WHERE t.status <> 'DONE')::int AS open
    FROM tasks t WHERE t.tenant_id = ${tenantId} AND t.project_id = ANY(${projectIds}::text[])
    GROUP BY t.project_id`;
  return new Map(rows.map((row) => [row.projectId, row]));
};

const isInStatus = (status: TaskStatus | undefined): Prisma.Sql =>
  status === undefined ? Prisma.empty : Prisma.sql`AND t.status = ${status}`;

/** Owners and admins of the tenant see every project, the others those that they are members of. */
const isSeenBy = ({ tenantId, userId, role }: Viewer): Prisma.Sql =>
  role === 'MEMBER'
    ? Prisma.sql`AND EXISTS (
        SELECT FROM project_members v
        WHERE v.project_id = t.project_id AND v.user_id = ${userId} AND v.tenant_id = ${tenantId})`
    : Prisma.empty;
