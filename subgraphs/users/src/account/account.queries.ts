import { isId, type TenantId, type UserId } from '@saas/kernel';
import type { TenantRole } from '@saas/auth';
import type { Prisma } from '@saas/prisma-users';
import { subgraphErrors, type Page } from '@saas/subgraph';

type Tx = Prisma.TransactionClient;

/** A user as GraphQL shows them. */
export type UserRow = {
  readonly id: UserId;
  readonly tenantId: TenantId;
  readonly name: string;
  readonly email: string;
  readonly role: TenantRole;
  readonly status: 'ACTIVE' | 'DEACTIVATED';
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** The tenant's users by id; absent ones are not in the map. */
export const usersById = async (
  tx: Tx,
  tenantId: TenantId,
  ids: readonly UserId[],
): Promise<ReadonlyMap<string, UserRow>> => {
  const rows = await tx.account.findMany({ where: { tenantId, userId: { in: [...ids] } } });
  return new Map(rows.map((row) => [row.userId, userOf(row)]));
};

/**
 * One page of the tenant's users, ordered by id, and one user more when there is a next page.
 *
 * @throws {AppError} `CURSOR_MALFORMED` for a cursor of another list.
 */
export const usersPage = async (
  tx: Tx,
  tenantId: TenantId,
  { limit, after }: Page,
): Promise<readonly UserRow[]> => {
  if (after !== undefined && !isId('usr', after)) throw subgraphErrors.CURSOR_MALFORMED({ field: 'after' });
  const where = { tenantId, ...(after !== undefined && { userId: { gt: after } }) };
  const rows = await tx.account.findMany({ where, orderBy: { userId: 'asc' }, take: limit + 1 });
  return rows.map(userOf);
};

/** An active owner of the tenant other than `userId`. */
export const otherOwner = async (tx: Tx, tenantId: TenantId, userId: UserId): Promise<UserId | undefined> => {
  const where = { tenantId, role: 'OWNER', status: 'ACTIVE', userId: { not: userId } };
  const row = await tx.account.findFirst({ where, select: { userId: true } });
  return row ? (row.userId as UserId) : undefined;
};

const userOf = (row: Awaited<ReturnType<Tx['account']['findMany']>>[number]): UserRow => ({
  id: row.userId as UserId,
  tenantId: row.tenantId as TenantId,
  name: row.name,
  email: row.email,
  role: row.role as TenantRole,
  status: row.status as UserRow['status'],
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
