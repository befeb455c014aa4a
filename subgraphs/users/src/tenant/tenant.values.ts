import type { Brand } from '@saas/kernel';
import { isVisibleText } from '../account/account.values.ts';
import { tenantErrors } from './tenant.errors.ts';

export type TenantName = Brand<'TenantName'>;

const LENGTH_MAX = 80;

/**
 * A name fit to show: trimmed, 1 to 80 characters, no control characters.
 *
 * @throws {AppError} `TENANT_NAME_INVALID`, with the bound.
 */
export const parseTenantName = (raw: string): TenantName => {
  const name = raw.trim();
  if (isVisibleText(name, LENGTH_MAX)) return name as TenantName;
  throw tenantErrors.TENANT_NAME_INVALID({ field: 'tenantName', lengthMax: LENGTH_MAX });
};
