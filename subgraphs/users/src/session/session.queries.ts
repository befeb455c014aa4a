import type { SessionId, TenantId, UserId } from '@saas/kernel';
import type { Prisma } from '@saas/prisma-users';

type Tx = Prisma.TransactionClient;

const SHOWN_MAX = 100;
const DENIED_MAX = 1_000;
const RECALLED_MAX = 10_000;

/** A session as GraphQL shows it. */
export type SessionRow = {
  readonly id: SessionId;
  readonly startedAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
};

/** The user's live sessions, the newest first, at most {@link SHOWN_MAX}. */
export const liveSessions = async (
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  now: string,
): Promise<readonly SessionRow[]> => {
  const account = await tx.account.findFirst({ where: { tenantId, userId, status: 'ACTIVE' } });
  if (!account) return [];
  const { sessionEpoch, keptSessionId } = account;
  const rows = await tx.userSession.findMany({
    where: {
      tenantId,
      userId,
      revokedAt: null,
      expiresAt: { gt: now },
      OR: [{ epoch: sessionEpoch }, ...(keptSessionId === null ? [] : [{ sessionId: keptSessionId }])],
    },
    orderBy: { sessionId: 'desc' },
    take: SHOWN_MAX,
  });
  return rows.map((row) => ({
    id: row.sessionId as SessionId,
    startedAt: row.startedAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }));
};

/** Sessions that ended with an epoch and may still have a good access token; the last used first, at most {@link DENIED_MAX}. */
export const endedSessions = async (
  tx: Tx,
  tenantId: TenantId,
  ended: {
    readonly userId: UserId;
    readonly sessionEpoch: number;
    readonly keptSessionId: SessionId | null;
    readonly usedSince: string;
  },
): Promise<readonly SessionId[]> => {
  const { userId, sessionEpoch, keptSessionId, usedSince } = ended;
  const rows = await tx.userSession.findMany({
    where: {
      tenantId,
      userId,
      epoch: { lt: sessionEpoch },
      lastUsedAt: { gte: usedSince },
      ...(keptSessionId !== null && { sessionId: { not: keptSessionId } }),
    },
    orderBy: { lastUsedAt: 'desc' },
    take: DENIED_MAX,
    select: { sessionId: true },
  });
  return rows.map(({ sessionId }) => sessionId as SessionId);
};

/**
 * Sessions of every tenant of a shard that are over and were used since then, so that an access token of theirs may
 * still be good: revoked ones, those of an epoch that has passed, and those of accounts that are no longer active. The
 * last used first, at most {@link RECALLED_MAX}. For the system alone: it passes the borders of tenants.
 */
export const lateEndedSessions = async (tx: Tx, usedSince: string): Promise<readonly SessionId[]> => {
  const rows = await tx.$queryRaw<{ readonly sessionId: SessionId }[]>`
    SELECT s.session_id AS "sessionId"
    FROM user_sessions s LEFT JOIN accounts a ON a.tenant_id = s.tenant_id AND a.user_id = s.user_id
    WHERE s.last_used_at >= ${usedSince}::timestamptz
      AND (s.revoked_at IS NOT NULL
        OR a.status IS DISTINCT FROM 'ACTIVE'
        OR (s.epoch < a.session_epoch AND s.session_id IS DISTINCT FROM a.kept_session_id))
    ORDER BY s.last_used_at DESC
    LIMIT ${RECALLED_MAX}`;
  return rows.map(({ sessionId }) => sessionId);
};
