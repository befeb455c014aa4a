import { isVisibleLine, type Brand } from '@saas/kernel';
import { tenantErrors } from './tenant.errors.ts';

export type TenantName = Brand<'TenantName'>;

const LENGTH_MAX = 80;

/**
 * A name fit to show: trimmed, 1 to 80 characters that show something on one line.
 *
 * @throws {AppError} `TENANT_NAME_INVALID`, with the bound.
 */
export const parseTenantName = (raw: string): TenantName => {
  const name = raw.trim();
  if (isVisibleLine(name, LENGTH_MAX)) return name as TenantName;
  throw tenantErrors.TENANT_NAME_INVALID({ field: 'tenantName', lengthMax: LENGTH_MAX });
};
