import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { failureOf, gatherStatements } from '@saas/postgres';
import pg from 'pg';
import { adminUrl, openDatabase } from '../support/stack.ts';

const NAME = `gathered-${process.pid}`;
const LSN = /^[0-9A-F]+\/[0-9A-F]+$/;

let url: string;
let watcher: pg.Client;
let client: pg.Client;
let positions: string[];
/** How often the server has answered: once for each message that was written to it. */
let answers: number;
beforeAll(async () => {
  const { shards } = await openDatabase('projects');
  url = shards[0]?.primary ?? '';
  watcher = new pg.Client({ connectionString: adminUrl() });
  await watcher.connect();
});
afterAll(() => watcher.end());
beforeEach(async () => {
  client = new pg.Client({ connectionString: url, application_name: NAME });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('CREATE TEMPORARY TABLE notes (id int PRIMARY KEY, tenant text)');
  positions = [];
  gatherStatements(client, (lsn) => positions.push(lsn));
  answers = 0;
  (client as unknown as { connection: NodeJS.EventEmitter }).connection.on('readyForQuery', () => {
    answers += 1;
  });
});
afterEach(() => client.end());

const ask = (text: string, values: unknown[] = []) => client.query({ text, values, name: text.slice(0, 60) });
const setTenant = (tenant: string) =>
  ask(`/* unawaited, positioned */ SELECT pg_backend_pid() AS pid, set_config('app.tenant_id', $1, true)`, [
    tenant,
  ]);
const note = (id: number) =>
  ask(`INSERT INTO notes VALUES ($1, current_setting('app.tenant_id')) RETURNING tenant`, [id]);
const idsOf = async () => (await ask('SELECT id FROM notes ORDER BY id')).rows.map(({ id }) => id as number);

describe('what needs no answer', () => {
  it('travels with the statement that follows', async () => {
    await ask('BEGIN');
    const { rows } = await setTenant('ada');
    expect(answers).toBe(0);
    expect(rows).toEqual(
      (await watcher.query('SELECT pid FROM pg_stat_activity WHERE application_name = $1', [NAME])).rows,
    );
    expect((await note(1)).rows).toEqual([{ tenant: 'ada' }]);
    expect(answers).toBe(1);
    await note(2);
    await ask('COMMIT');
    expect(answers).toBe(3);
    expect(await idsOf()).toEqual([1, 2]);
  });

  it('is begun anew by each transaction', async () => {
    for (const [id, tenant] of [
      [1, 'ada'],
      [2, 'ben'],
    ] as const) {
      await ask('BEGIN');
      await setTenant(tenant);
      expect((await note(id)).rows).toEqual([{ tenant }]);
      await ask('COMMIT');
    }
  });

  it('is undone with the rest', async () => {
    await ask('BEGIN');
    await setTenant('ada');
    await note(1);
    await ask('ROLLBACK');
    expect(await idsOf()).toEqual([]);
    expect((await ask(`SELECT current_setting('app.tenant_id', true) AS tenant`)).rows).toEqual([
      { tenant: '' },
    ]);
  });

  it('is awaited like any other in the middle of a transaction', async () => {
    await ask('BEGIN');
    await note(1).catch(() => undefined);
    await ask('ROLLBACK');
    await ask('BEGIN');
    await ask('SELECT 1');
    await setTenant('ada');
    expect((await note(1)).rows).toEqual([{ tenant: 'ada' }]);
    await ask('COMMIT');
  });

  it('never reaches the server when it is rolled back before anything was asked', async () => {
    await ask('BEGIN');
    await setTenant('ada');
    await ask('ROLLBACK');
    expect(answers).toBe(0);
    expect(await idsOf()).toEqual([]);
  });

  it('ends with a commit of nothing', async () => {
    await ask('BEGIN');
    await setTenant('ada');
    await ask('COMMIT');
    expect(answers).toBe(1);
    await ask('INSERT INTO notes VALUES (1)');
    await ask('ROLLBACK');
    expect(await idsOf()).toEqual([1]);
  });
});

describe('a failure', () => {
  it('of what went ahead keeps the statement from being run, and is told to whoever awaits that', async () => {
    await ask('BEGIN');
    await ask('/* unawaited */ SELECT 1 / $1::int', [0]);
    await expect(ask('INSERT INTO notes VALUES ($1)', [1])).rejects.toMatchObject({ code: '22012' });
    await ask('ROLLBACK');
    expect(await idsOf()).toEqual([]);
    // It was never prepared, for the server did not look at it.
    await ask('INSERT INTO notes VALUES ($1)', [1]);
    expect(await idsOf()).toEqual([1]);
  });

  it('of the statement itself leaves its transaction to be rolled back', async () => {
    await ask('INSERT INTO notes VALUES ($1)', [1]);
    await ask('BEGIN');
    await setTenant('ada');
    await expect(note(1)).rejects.toMatchObject({ code: '23505' });
    await expect(note(2)).rejects.toMatchObject({ code: '25P02' });
    await ask('ROLLBACK');
    expect(await idsOf()).toEqual([1]);
  });

  it('of the commit is told as such', async () => {
    await ask('CREATE TEMPORARY TABLE lines (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
    await ask('BEGIN');
    await setTenant('ada');
    await ask('INSERT INTO lines VALUES (1), (1)');
    await expect(ask('COMMIT')).rejects.toMatchObject({ code: '23505' });
    expect(positions).toEqual([]);
    expect((await ask('SELECT * FROM lines')).rows).toEqual([]);
  });

  it('of a connection that is gone is told with the first statement', async () => {
    const pid = (client as unknown as { processID: number }).processID;
    await watcher.query('SELECT pg_terminate_backend($1)', [pid]);
    await new Promise((resolve) => client.once('end', resolve));
    await ask('BEGIN');
    await setTenant('ada');
    const failing = note(1).catch(failureOf);
    expect(await failing).toBe('unreachable');
  });
});

describe('the position of a commit', () => {
  it('comes with its answer, and lies behind what was written', async () => {
    await ask('BEGIN');
    await setTenant('ada');
    await note(1);
    const { rows } = await watcher.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn() AS lsn');
    expect(answers).toBe(1);
    await ask('COMMIT');
    expect(answers).toBe(2);
    expect(positions).toEqual([expect.stringMatching(LSN)]);
    const isBehind = await watcher.query('SELECT $1::pg_lsn >= $2::pg_lsn AS so', [
      positions[0],
      rows[0]?.lsn,
    ]);
    expect(isBehind.rows).toEqual([{ so: true }]);
  });

  it('is not asked for by those who do not want it', async () => {
    await ask('BEGIN');
    await ask(`/* unawaited */ SELECT set_config('app.tenant_id', 'ada', true)`);
    await note(1);
    await ask('COMMIT');
    expect(positions).toEqual([]);
  });
});
