import type { AuthenticatedViewer } from '@saas/auth';
import type { ProjectId, TenantId, UserId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-projects';
import type { ProjectRole } from '../project/project.values.ts';

type Tx = Prisma.TransactionClient;
type Viewer = Pick<AuthenticatedViewer, 'tenantId' | 'userId' | 'role'>;

/** A project as one viewer sees it. Times come as ISO-8601 text when it was just decided, else as dates. */
export type ProjectView = {
  readonly projectId: ProjectId;
  readonly name: string;
  readonly description: string | null;
  readonly ownerId: UserId;
  readonly archivedAt: Date | string | null;
  readonly version: number;
  readonly createdAt: Date | string;
  readonly updatedAt: Date | string;
  /** As what the viewer acts in it. */
  readonly viewerRole: ProjectRole;
};

export type MemberRow = {
  readonly projectId: ProjectId;
  readonly userId: UserId;
  readonly role: ProjectRole;
  readonly joinedAt: Date;
};

/** Rows behind `after` in the list's order, at most `limit` of them. */
export type Slice = { readonly after: string | undefined; readonly limit: number };

// Behind every id in any collation, so that the first page is asked for by the same statement, and from the index.
const LAST_PROJECT = `prj_${'z'.repeat(26)}`;

/** Those of the projects that the viewer sees. */
export const projectsByIds = async (
  tx: Tx,
  { tenantId, userId, role }: Viewer,
  ids: readonly ProjectId[],
): Promise<ReadonlyMap<ProjectId, ProjectView>> => {
  const seesAll = role !== 'MEMBER';
  const rows = await tx.$queryRaw<ProjectView[]>`
    SELECT p.project_id AS "projectId", p.name, p.description, p.owner_id AS "ownerId", p.archived_at AS "archivedAt",
      p.version, p.created_at AS "createdAt", p.updated_at AS "updatedAt",
      CASE WHEN ${seesAll} THEN 'OWNER' ELSE v.role END AS "viewerRole"
    FROM projects p
    LEFT JOIN project_members v ON v.project_id = p.project_id AND v.user_id = ${userId} AND v.tenant_id = ${tenantId}
    WHERE p.tenant_id = ${tenantId} AND p.project_id = ANY(${ids}::text[]) AND (${seesAll} OR v.role IS NOT NULL)`;
  return new Map(rows.map((row) => [row.projectId, row]));
};

/** All of a tenant's projects, the newest first. Only for its owners and admins, who act as owners of all. */
export const projectsOfTenant = (
  tx: Tx,
  tenantId: TenantId,
  { after = LAST_PROJECT, limit, includeArchived }: Slice & { readonly includeArchived: boolean },
): Promise<readonly ProjectView[]> => tx.$queryRaw<ProjectView[]>`
  SELECT p.project_id AS "projectId", p.name, p.description, p.owner_id AS "ownerId", p.archived_at AS "archivedAt",
    p.version, p.created_at AS "createdAt", p.updated_at AS "updatedAt", 'OWNER' AS "viewerRole"
  FROM projects p
  WHERE p.tenant_id = ${tenantId} AND p.project_id < ${after} AND (${includeArchived} OR p.archived_at IS NULL)
  ORDER BY p.project_id DESC LIMIT ${limit}`;

/**
 * The projects of each of the users that the viewer sees too, the newest first, `limit` for each, in one statement.
 *
 * Each user's list is read off the index (tenant, user, project) and ends as soon as it is full.
 */
export const projectsOfUsers = async (
  tx: Tx,
  { tenantId, userId, role }: Viewer,
  userIds: readonly UserId[],
  { after = LAST_PROJECT, limit, includeArchived }: Slice & { readonly includeArchived: boolean },
): Promise<ReadonlyMap<UserId, readonly ProjectView[]>> => {
  const seesAll = role !== 'MEMBER';
  const rows = await tx.$queryRaw<(ProjectView & { readonly memberId: UserId })[]>`
    SELECT u.id AS "memberId", x.* FROM unnest(${userIds}::text[]) u(id)
    CROSS JOIN LATERAL (
      SELECT p.project_id AS "projectId", p.name, p.description, p.owner_id AS "ownerId",
        p.archived_at AS "archivedAt", p.version, p.created_at AS "createdAt", p.updated_at AS "updatedAt",
        CASE WHEN ${seesAll} THEN 'OWNER' ELSE v.role END AS "viewerRole"
      FROM project_members m
      JOIN projects p ON p.project_id = m.project_id AND p.tenant_id = ${tenantId}
      LEFT JOIN project_members v
        ON v.project_id = m.project_id AND v.user_id = ${userId} AND v.tenant_id = ${tenantId}
      WHERE m.tenant_id = ${tenantId} AND m.user_id = u.id AND m.project_id < ${after}
        AND (${includeArchived} OR p.archived_at IS NULL) AND (${seesAll} OR v.role IS NOT NULL)
      ORDER BY m.project_id DESC LIMIT ${limit}
    ) x
    ORDER BY u.id, x."projectId" DESC`;
  return grouped(rows, ({ memberId }) => memberId);
};

/** The members of each of the projects in the order of their ids, `limit` for each, in one statement. Ask only for projects that the viewer sees. */
export const membersOfProjects = async (
  tx: Tx,
  tenantId: TenantId,
  projectIds: readonly ProjectId[],
  { after = '', limit }: Slice,
): Promise<ReadonlyMap<ProjectId, readonly MemberRow[]>> => {
  const rows = await tx.$queryRaw<MemberRow[]>`
    SELECT x.* FROM unnest(${projectIds}::text[]) p(id)
    CROSS JOIN LATERAL (
      SELECT m.project_id AS "projectId", m.user_id AS "userId", m.role, m.joined_at AS "joinedAt"
      FROM project_members m
      WHERE m.tenant_id = ${tenantId} AND m.project_id = p.id AND m.user_id > ${after}
      ORDER BY m.user_id LIMIT ${limit}
    ) x
    ORDER BY x."projectId", x."userId"`;
  return grouped(rows, ({ projectId }) => projectId);
};

/** Rows by key, in the order in which they came. */
export const grouped = <Key, Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): ReadonlyMap<Key, readonly Row[]> => {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
};
