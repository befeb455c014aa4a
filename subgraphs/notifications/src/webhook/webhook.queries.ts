import type { TenantId, UserId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-notifications';

type Tx = Prisma.TransactionClient;

/** A webhook as its owner and its sender see it. */
export type WebhookView = {
  readonly hookId: string;
  readonly url: string;
  readonly createdAt: Date;
  readonly version: number;
};

/** A person's webhook; null when there is none. */
export const webhookOf = async (tx: Tx, tenantId: TenantId, userId: UserId): Promise<WebhookView | null> =>
  tx.webhook.findFirst({ where: { tenantId, userId, isInUse: true }, orderBy: { version: 'desc' } });

/** Writes down where a webhook will lead. It is not in use before its event is committed. */
export const writeWebhook = async (
  tx: Tx,
  row: {
    readonly tenantId: TenantId;
    readonly userId: UserId;
    readonly hookId: string;
    readonly url: string;
    readonly createdAt: Date;
  },
): Promise<void> => {
  await tx.webhook.create({ data: row });
};

/** Deletes a row that did not come into use, because its request was refused or repeated an earlier one. */
export const dropUnusedWebhook = async (tx: Tx, tenantId: TenantId, hookId: string): Promise<void> => {
  await tx.webhook.deleteMany({ where: { tenantId, hookId, isInUse: false } });
};

/** Deletes the rows of requests whose process died before `before`. */
export const forgetUnusedWebhooks = async (tx: Tx, before: Date): Promise<void> => {
  await tx.webhook.deleteMany({ where: { isInUse: false, createdAt: { lt: before } } });
};
