import type { RecordedEvent } from '@saas/event-sourcing';
import type { ReadModel } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-notifications';
import { erasedRecipients } from '../recipient/erased-recipients.projection.ts';
import type { PreferencesEvent } from './preferences.events.ts';

/** Keeps how long the e-mails of each person who departed from the default are gathered; any number by one statement. */
export const emailDigestsProjection: ReadModel<Prisma.TransactionClient> = {
  name: 'email-digests-1',
  tables: ['email_digests'],
  apply: async (events, tx) => {
    const digests = new Map<string, Digest>();
    for (const { data, version, tenantId } of events.filter(isOurs)) {
      const { window, by: userId, at } = data;
      const createdAt = digests.get(userId)?.createdAt ?? at;
      digests.set(userId, { tenantId, userId, window, version, createdAt, updatedAt: at });
    }
    if (digests.size > 0) await saveDigests(tx, [...digests.values()]);
    for (const where of erasedRecipients(events)) await tx.emailDigest.deleteMany({ where });
  },
};

type Change = Extract<PreferencesEvent, { readonly type: 'EmailDigestWasChanged' }>;

const isOurs = (event: RecordedEvent): event is RecordedEvent<Change> =>
  event.type === 'EmailDigestWasChanged';

type Digest = Omit<Prisma.EmailDigestCreateManyInput, 'createdAt' | 'updatedAt'> & {
  readonly createdAt: string;
  readonly updatedAt: string;
};

const saveDigests = (
  tx: Prisma.TransactionClient,
  digests: readonly Digest[],
): Promise<number> => tx.$executeRaw`
  INSERT INTO email_digests (tenant_id, user_id, "window", version, created_at, updated_at)
  SELECT d."tenantId", d."userId", d."window", d.version, d."createdAt", d."updatedAt"
  FROM jsonb_to_recordset(${JSON.stringify(digests)}::jsonb) AS d("tenantId" text, "userId" text, "window" text,
    version int, "createdAt" timestamptz, "updatedAt" timestamptz)
  ON CONFLICT (user_id) DO UPDATE SET "window" = excluded."window", version = excluded.version,
    updated_at = excluded.updated_at`;
