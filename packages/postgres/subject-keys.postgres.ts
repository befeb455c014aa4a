import { randomBytes, randomUUID } from 'node:crypto';
import {
  subjectKeyErrors,
  type KeptKey,
  type KeyName,
  type SubjectKey,
  type SubjectKeys,
} from '@saas/event-sourcing';
import { isAppError, type TenantId } from '@saas/kernel';
import type { RawTx } from './database-node.ts';
import { keyWrapping, type KeyWrapping } from './key-wrapping.ts';
import type { ShardedDatabase } from './sharded-database.ts';

const KEY_BYTES = 32;

type Row = {
  readonly key_id: string;
  readonly tenant_id: TenantId;
  readonly pseudonym: string | null;
  readonly wrapped: string | null;
};

/**
 * Keys as rows of `subject_keys` beside the events of their tenant, wrapped by a secret of the settings: whoever has a copy of
 * the database alone can open nothing, and whoever has the secret alone has no keys. A destroyed key leaves its id and the time.
 */
export const postgresSubjectKeys = <Tx extends RawTx>(
  database: ShardedDatabase<Tx>,
  settingsSecret: string,
): SubjectKeys => {
  const wrapping = keyWrapping(settingsSecret);
  return {
    pseudonymOf: wrapping.pseudonymOf,

    forSubjects: (tenantId, subjects) =>
      subjects.length === 0
        ? Promise.resolve(new Map<string, SubjectKey>())
        : database.write(tenantId, (tx) => liveKeys(tx, wrapping, tenantId, subjects)),

    find: async (names) => {
      const rows = await rowsOf(database, names);
      return new Map(names.map((name) => [name.keyId, keptKey(wrapping, name, rows.get(idOf(name)))]));
    },

    destroy: async (pseudonyms) => {
      const counts = await database.eachShard(
        async (tx) => tx.$executeRaw`
          UPDATE subject_keys SET wrapped = NULL, pseudonym = NULL, destroyed_at = now()
          WHERE pseudonym = ANY(${[...pseudonyms]}::text[])`,
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
};

/**
 * Tries the secret on one live key of each shard that can be reached.
 *
 * @throws {AppError} `SUBJECT_KEY_UNREADABLE`: the secret is another one than before.
 */
export const checkSubjectKeys = async <Tx extends RawTx>(
  database: ShardedDatabase<Tx>,
  settingsSecret: string,
): Promise<void> => {
  const { unwrap } = keyWrapping(settingsSecret);
  for (const shard of database.shardNames()) {
    const [row] = await database
      .asSystem(
        shard,
        async (tx) => tx.$queryRaw<Row[]>`
          SELECT key_id, tenant_id, pseudonym, wrapped FROM subject_keys WHERE wrapped IS NOT NULL LIMIT 1`,
      )
      .catch((error: unknown) => {
        if (isAppError(error) && error.definition.retryable) return [];
        throw error;
      });
    if (row?.wrapped) unwrap({ tenantId: row.tenant_id, keyId: row.key_id }, row.wrapped);
  }
};

const liveKeys = async (
  tx: RawTx,
  wrapping: KeyWrapping,
  tenantId: TenantId,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, SubjectKey>> => {
  const pseudonyms = new Map(subjects.map((subject) => [wrapping.pseudonymOf(subject), subject]));
  const known = await readLive(tx, tenantId, [...pseudonyms.keys()]);
  const found = new Set(known.map(({ pseudonym }) => pseudonym));
  const missing = [...pseudonyms.keys()].filter((pseudonym) => !found.has(pseudonym));
  if (missing.length > 0) {
    const made = missing.map((pseudonym) => {
      const keyId = randomUUID();
      const wrapped = wrapping.wrap({ tenantId, keyId }, randomBytes(KEY_BYTES));
      return { key_id: keyId, tenant_id: tenantId, pseudonym, wrapped };
    });
    // An insert that meets a rival's uncommitted row waits for it; what is read afterwards is the winner's.
    await tx.$executeRaw`
      INSERT INTO subject_keys (key_id, tenant_id, pseudonym, wrapped)
      SELECT key_id, tenant_id, pseudonym, wrapped FROM jsonb_to_recordset(${JSON.stringify(made)}::jsonb)
        AS k(key_id text, tenant_id text, pseudonym text, wrapped text)
      ORDER BY pseudonym
      ON CONFLICT (tenant_id, pseudonym) DO NOTHING`;
  }
  const rows = missing.length === 0 ? known : await readLive(tx, tenantId, [...pseudonyms.keys()]);
  return new Map(
    rows.flatMap(({ key_id: keyId, pseudonym, wrapped }) => {
      const subject = pseudonyms.get(pseudonym ?? '');
      if (subject === undefined || wrapped === null) return [];
      return [[subject, { keyId, secret: wrapping.unwrap({ tenantId, keyId }, wrapped) }]];
    }),
  );
};

const readLive = (
  tx: RawTx,
  tenantId: TenantId,
  pseudonyms: readonly string[],
): PromiseLike<readonly Row[]> => tx.$queryRaw`
  SELECT key_id, tenant_id, pseudonym, wrapped FROM subject_keys
  WHERE tenant_id = ${tenantId} AND pseudonym = ANY(${[...pseudonyms]}::text[])`;

/** One tenant's keys are read as that tenant; those of several, which rebuilds read, by one statement for each shard. */
const rowsOf = async <Tx extends RawTx>(
  database: ShardedDatabase<Tx>,
  names: readonly KeyName[],
): Promise<ReadonlyMap<string, Row>> => {
  const tenants = [...new Set(names.map(({ tenantId }) => tenantId))];
  const ids = [...new Set(names.map(({ keyId }) => keyId))];
  const read = (tx: RawTx): PromiseLike<readonly Row[]> => tx.$queryRaw`
    SELECT key_id, tenant_id, pseudonym, wrapped FROM subject_keys
    WHERE tenant_id = ANY(${tenants}::text[]) AND key_id = ANY(${ids}::text[])`;
  const [only] = tenants;
  if (only === undefined) return new Map();
  const shards = [...new Set(tenants.map((tenantId) => database.shardOf(tenantId)))];
  const found =
    tenants.length === 1
      ? [await database.readPrimary({ tenantId: only }, async (tx) => read(tx))]
      : await Promise.all(shards.map((shard) => database.asSystem(shard, async (tx) => read(tx))));
  return new Map(found.flat().map((row) => [idOf({ tenantId: row.tenant_id, keyId: row.key_id }), row]));
};

const keptKey = (wrapping: KeyWrapping, name: KeyName, row: Row | undefined): KeptKey => {
  if (!row) throw subjectKeyErrors.SUBJECT_KEY_MISSING({ keyId: name.keyId });
  if (row.wrapped === null) return { status: 'destroyed' };
  return { status: 'live', secret: wrapping.unwrap(name, row.wrapped) };
};

const idOf = ({ tenantId, keyId }: KeyName): string => `${tenantId}/${keyId}`;
