import { isId } from '@saas/kernel';
import type { PermissionChange } from './permission-changes.port.ts';

/** By routing key, whose rights a service's announcement says to have changed: of `body.userId`, or of the whole tenant. */
export type PermissionMessages = Readonly<Record<string, 'user' | 'tenant'>>;

/** A message as far as it is looked at here. */
export type AnnouncedChange = {
  readonly tenantId: string;
  readonly routingKey: string;
  readonly body: unknown;
};

/** What has to be told because of an announcement; undefined when it affects nobody. */
export const permissionChangeOfMessage = (
  messages: PermissionMessages,
  { tenantId, routingKey, body }: AnnouncedChange,
): PermissionChange | undefined => {
  const meant = messages[routingKey];
  // The service itself has announced it: of another tenant than a real one it never was.
  if (meant === undefined || !isId('ten', tenantId)) return undefined;
  const { userId } = (body ?? {}) as { readonly userId?: unknown };
  const isOne = meant === 'user' && isId('usr', userId);
  return { tenantId, userIds: isOne ? [userId] : 'all' };
};
