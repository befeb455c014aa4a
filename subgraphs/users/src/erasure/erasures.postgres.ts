import type { TenantId } from '@saas/kernel';
import type { ShardedDatabase } from '@saas/postgres';
import type { Prisma } from '@saas/prisma-users';
import { accountStream } from '../account/account.decider.ts';
import type { Erasure, Erasures, Person, Traces } from './erasures.port.ts';

type Tx = Prisma.TransactionClient;

/** The record as a table on each tenant's shard. */
export const postgresErasures = (
  database: Pick<ShardedDatabase<Tx>, 'readPrimary' | 'write' | 'eachShard'>,
): Erasures => ({
  async findPerson(userId) {
    const streamId = accountStream(userId);
    const found = await database.eachShard((tx) =>
      tx.stream.findUnique({ where: { streamId }, select: { tenantId: true } }),
    );
    const tenantId = found.find((row) => row !== null)?.tenantId as TenantId | undefined;
    return tenantId && { tenantId, userId };
  },

  begin: ({ pseudonyms, ...erasure }) =>
    database.write(erasure.tenantId, async (tx) => {
      await tx.erasure.create({ data: { ...erasure, pseudonyms: [...pseudonyms] } });
    }),

  finish: ({ tenantId, erasureId }, outcome, finishedAt) =>
    database.write(tenantId, async (tx) => {
      await tx.erasure.update({
        where: { erasureId, tenantId },
        data: { outcome, finishedAt, pseudonyms: [] },
      });
    }),

  last: (person) =>
    database.readPrimary(person, async (tx) => {
      const row = await tx.erasure.findFirst({ where: { ...person }, orderBy: { startedAt: 'desc' } });
      return row ? erasureOf(row) : undefined;
    }),

  async list(limit) {
    const found = await database.eachShard((tx) =>
      tx.erasure.findMany({ orderBy: { startedAt: 'desc' }, take: limit }),
    );
    return found
      .flat()
      .map(erasureOf)
      .toSorted((left, right) => (left.startedAt < right.startedAt ? 1 : -1))
      .slice(0, limit);
  },

  count: (person) =>
    database.readPrimary(person, async (tx) => ({
      snapshots: await tx.snapshot.count({ where: snapshotsOf(person) }),
      claims: await tx.claim.count({ where: claimsOf(person) }),
      sessions: await tx.userSession.count({ where: { ...person, revokedAt: null } }),
    })),

  drop: (person) =>
    database.write(person.tenantId, async (tx) => {
      const snapshots = await tx.snapshot.deleteMany({ where: snapshotsOf(person) });
      const claims = await tx.claim.deleteMany({ where: claimsOf(person) });
      return { snapshots: snapshots.count, claims: claims.count };
    }),
});

const snapshotsOf = ({ tenantId, userId }: Person) => ({ tenantId, streamId: accountStream(userId) });

const claimsOf = ({ tenantId, userId }: Person) => ({ tenantId, scope: userId });

const erasureOf = (row: Awaited<ReturnType<Tx['erasure']['findMany']>>[number]): Erasure => ({
  erasureId: row.erasureId,
  tenantId: row.tenantId as TenantId,
  userId: row.userId as Person['userId'],
  requestedBy: row.requestedBy,
  pseudonyms: row.pseudonyms,
  outcome: row.outcome as Traces | null,
  startedAt: row.startedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
});
