import type { TenantId, UserId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-notifications';
import type { DigestWindow } from '../notification/notification.values.ts';
import { choiceKey, DEFAULT_DIGEST, type Choices, type PreferenceKey } from './preferences.values.ts';

/** What a person has chosen; times and version tell of the first and the last change. */
export type PreferencesView = {
  readonly choices: Choices;
  readonly emailDigest: DigestWindow;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly version: number;
};

/** One person's choices; somebody who never chose has none, at version 0. */
export const preferencesOf = async (
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
  userId: UserId,
): Promise<PreferencesView> => {
  const cells = await tx.notificationPreference.findMany({ where: { tenantId, userId } });
  const digest = await tx.emailDigest.findUnique({ where: { tenantId, userId } });
  const rows = [...cells, ...(digest ? [digest] : [])].toSorted((a, b) => a.version - b.version);
  // A row keeps the time when it was made and the version at which it was changed last, so the oldest row tells of the
  // first change of all, and the row with the highest version of the last one.
  const last = rows.at(-1);
  const createdAt = rows.reduce<Date | null>(
    (oldest, row) => (oldest === null || row.createdAt < oldest ? row.createdAt : oldest),
    null,
  );
  return {
    choices: Object.fromEntries(cells.map((row) => [choiceKey(row as PreferenceKey), row.enabled])),
    emailDigest: (digest?.window as DigestWindow | undefined) ?? DEFAULT_DIGEST,
    createdAt,
    updatedAt: last?.updatedAt ?? null,
    version: last?.version ?? 0,
  };
};
