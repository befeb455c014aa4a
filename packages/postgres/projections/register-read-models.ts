import type { RawTx } from '../database-node.ts';
import { identityOf, type ReadModels } from './read-model.ts';

/**
 * Notes on a shard which read models there are, those that are known already left as they are. The transaction acts for
 * the system.
 *
 * Rows that are there before they are noted were written by version 1; without an event there are none. What is written
 * after the events begins at the first event.
 */
export const registerReadModels = async <Tx extends RawTx>(
  tx: Tx,
  { inline, asynchronous }: ReadModels<Tx>,
): Promise<void> => {
  const models = [
    ...inline.map((model) => ({ ...identityOf(model), position: null })),
    ...asynchronous.map((model) => ({ ...identityOf(model), position: 0 })),
  ];
  await tx.$executeRaw`
    INSERT INTO projections (name, role, version, schema, status, position)
    SELECT m.name, 'running', CASE WHEN m.position IS NULL AND EXISTS (SELECT FROM events) THEN 1 ELSE m.version END,
      'public', 'built', m.position
    FROM jsonb_to_recordset(${JSON.stringify(models)}::jsonb) AS m(name text, version int, position bigint)
    ON CONFLICT (name, role) DO NOTHING`;
};
