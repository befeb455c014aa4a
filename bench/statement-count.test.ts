import { expect, it } from '@jest/globals';
import { statementCounter } from './statement-count.ts';

it('tells the transactions of tenants by node, and leaves the relay out', () => {
  const counter = statementCounter();
  counter.onStatement('SELECT 1');
  counter.reset();
  const sqls = [
    'BEGIN',
    `SELECT set_config('app.tenant_id', $1, true), pg_last_wal_replay_lsn() >= $2::pg_lsn AS fresh`,
    'COMMIT',
    'BEGIN',
    `SELECT set_config('app.scope', 'system', true)`,
    'SELECT pg_try_advisory_xact_lock($1) AS leads',
    'BEGIN',
    `SELECT set_config('app.tenant_id', $1, true)`,
    'SELECT id FROM projects',
    'COMMIT',
  ];
  for (const sql of sqls) counter.onStatement(sql);
  expect(counter.of(1)).toEqual({ statements: 3, primaryTransactions: 1, replicaTransactions: 1 });
});
