import { isId, type UserId } from '@saas/kernel';
import type { Tidings } from './untold-changes.ts';

/** Tidings as they travel. */
export const tidingsText = (tidings: Tidings): string =>
  JSON.stringify(tidings === 'everything' ? { everything: true } : tidings);

/** What was told; `everything` when it cannot be read, as it may be of a later version: then anything may have changed. */
export const parseTidings = (text: string): Tidings => {
  const { tenantId, userIds } = fieldsOf(text);
  if (!isId('ten', tenantId)) return 'everything';
  if (userIds === 'all') return { tenantId, userIds };
  if (!Array.isArray(userIds) || !userIds.every(isUserId)) return 'everything';
  return { tenantId, userIds };
};

const isUserId = (raw: unknown): raw is UserId => isId('usr', raw);

const fieldsOf = (text: string): { readonly tenantId?: unknown; readonly userIds?: unknown } => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
};
