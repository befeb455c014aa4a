import { recentKeys, sealedEvents, type EventCodec, type EventSchemas } from '@saas/event-sourcing';
import { systemClock, type Clock } from '@saas/kernel';
import type { RawTx } from './database-node.ts';
import type { ShardedDatabase } from './sharded-database.ts';
import { postgresSubjectKeys } from './subject-keys.postgres.ts';

/** For a service whose events hold personal data, and whose database therefore has keys of persons. */
export type Sealing = {
  readonly schemas: EventSchemas;
  /** The secret of the settings that keys are wrapped by. */
  readonly secret: string;
};

type Options = {
  readonly codec: EventCodec;
  readonly sealing?: Sealing | undefined;
  readonly clock?: Clock | undefined;
};

/** The codec; over it, when there is sealing, one that seals personal data with keys from the database. */
export const sealedCodec = <Tx extends RawTx>(
  database: ShardedDatabase<Tx>,
  { codec, sealing, clock = systemClock }: Options,
): EventCodec => {
  if (!sealing) return codec;
  const keys = recentKeys(postgresSubjectKeys(database, sealing.secret), { clock });
  return sealedEvents(codec, sealing.schemas, keys);
};
