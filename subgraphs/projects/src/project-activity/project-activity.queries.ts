import type { ProjectId, TenantId, UserId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-projects';

/** What has happened in a project, as it is shown. */
export type ActivityRow = {
  readonly projectId: ProjectId;
  readonly lastAt: Date;
  readonly lastBy: UserId;
  readonly openTasks: number;
  readonly completedTasks: number;
};

/** The activity of each of the projects that it is known of. Ask only for projects that the viewer sees. */
export const activityOfProjects = async (
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
  projectIds: readonly ProjectId[],
): Promise<ReadonlyMap<ProjectId, ActivityRow>> => {
  const rows = await tx.$queryRaw<ActivityRow[]>`
    SELECT project_id AS "projectId", last_at AS "lastAt", last_by AS "lastBy", open_tasks AS "openTasks",
      completed_tasks AS "completedTasks"
    FROM project_activity WHERE tenant_id = ${tenantId} AND project_id = ANY(${projectIds}::text[])`;
  return new Map(rows.map((row) => [row.projectId, row]));
};
