import type { TenantId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-users';

/** A tenant as GraphQL shows it. */
export type TenantRow = { readonly id: TenantId; readonly name: string; readonly createdAt: string };

/** The tenant itself: nobody sees any other. */
export const tenantById = async (
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
): Promise<TenantRow | undefined> => {
  const row = await tx.tenant.findFirst({ where: { tenantId } });
  return row ? { id: tenantId, name: row.name, createdAt: row.createdAt.toISOString() } : undefined;
};
