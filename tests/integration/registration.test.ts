import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimOf } from '@saas/event-sourcing';
import { isAppError } from '@saas/kernel';
import type { RunningUsers } from '@saas/users';
import pg from 'pg';
import { registrationSteps } from '../support/dying-registration.ts';
import { openDatabase } from '../support/stack.ts';
import { founder, startUsersFor } from '../support/users-service.ts';

const CHILD = fileURLToPath(new URL('../dist/support/dying-registration.js', import.meta.url));

let opened: Awaited<ReturnType<typeof openDatabase>>;
/** Two services over the same shards, as two processes would be. */
let services: readonly [RunningUsers, RunningUsers];
let everything: readonly pg.Pool[];

beforeAll(async () => {
  opened = await openDatabase('users');
  services = [await startUsersFor(opened.shards), await startUsersFor(opened.shards)];
  everything = opened.migrationUrls.map((url) => new pg.Pool({ connectionString: url, max: 1 }));
});
afterAll(async () => {
  await Promise.all(services.map(({ stop }) => stop()));
  await Promise.all(everything.map((pool) => pool.end()));
});

const register = (turn: number, ...request: Parameters<typeof founder>) =>
  (services[turn % 2] ?? services[0]).services.register(founder(...request));

const claim = (idempotencyKey: string, email: string) => {
  const input = { idempotencyKey, email };
  return claimOf({ scope: 'anonymous', operation: 'register', input, secret: 'secret' });
};

/** Rows over all shards, seen by their owner. */
const rows = async (sql: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> =>
  (
    await Promise.all(everything.map((pool) => pool.query<Record<string, unknown>>(sql, [...values])))
  ).flatMap((result) => result.rows);
const accountsWith = (email: string) =>
  rows(
    `SELECT e.data->>'userId' AS "userId" FROM events e JOIN accounts a ON e.stream_id = 'account-' || a.user_id
     WHERE e.type = 'UserWasCreated' AND lower(a.email) = $1`,
    [email],
  );
const reservationsOf = (email: string) =>
  rows(
    'SELECT user_id AS "userId", confirmed_at IS NOT NULL AS "isConfirmed" FROM email_reservations WHERE email = $1',
    [email],
  );

const codeOf = (reason: unknown): string => (isAppError(reason) ? reason.code : String(reason));

describe('64 registrations at once with one address, over two services and both shards', () => {
  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'have exactly one winner, time %i',
    async (time) => {
      const email = `race-${time}@example.com`;
      const race = await Promise.allSettled(
        Array.from({ length: 64 }, (_, turn) => register(turn, email, claim(`race-${time}-${turn}`, email))),
      );
      const winners = race.flatMap((each) =>
        each.status === 'fulfilled' ? [each.value.account.userId] : [],
      );
      const losers = race.flatMap((each) => (each.status === 'rejected' ? [codeOf(each.reason)] : []));
      expect(winners).toHaveLength(1);
      expect([...new Set(losers)]).toEqual(['EMAIL_TAKEN']);
      expect(await accountsWith(email)).toEqual([{ userId: winners[0] }]);
      expect(await reservationsOf(email)).toEqual([{ userId: winners[0], isConfirmed: true }]);
    },
  );
});

it('answers 50 identical registrations at once equally, and opens one account', async () => {
  const email = 'same@example.com';
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, turn) => register(turn, email, claim('same', email))),
  );
  const [first] = answers;
  for (const { account, tenant, version } of answers) {
    expect({ account, tenant, version }).toEqual({
      account: first?.account,
      tenant: first?.tenant,
      version: first?.version,
    });
  }
  expect(await accountsWith(email)).toHaveLength(1);
});

it('refuses a key that comes back with another request', async () => {
  await register(0, 'key-1@example.com', claim('reused', 'key-1@example.com'));
  await expect(register(1, 'key-2@example.com', claim('reused', 'key-2@example.com'))).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
  expect(await accountsWith('key-2@example.com')).toEqual([]);
});

describe('when a process is killed', () => {
  const dieAt = async (step: string, email: string) => {
    const child = spawn(process.execPath, [CHILD, step, email], {
      env: { PATH: process.env['PATH'], DYING_SHARDS: JSON.stringify(opened.shards) },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
  };

  it.each(registrationSteps)(
    '%s, exactly one account has the address in the end',
    async (step) => {
      const email = `${step.replace(' ', '-')}@example.com`;
      await dieAt(step, email);
      const race = await Promise.allSettled(Array.from({ length: 8 }, (_, turn) => register(turn, email)));
      const losers = race.flatMap((each) => (each.status === 'rejected' ? [codeOf(each.reason)] : []));
      const isDone = ['after append', 'before confirm', 'after confirm'].includes(step);
      expect(losers).toEqual(Array.from({ length: isDone ? 8 : 7 }, () => 'EMAIL_TAKEN'));
      const [account, ...others] = await accountsWith(email);
      expect(others).toEqual([]);
      expect(await reservationsOf(email)).toEqual([{ userId: account?.['userId'], isConfirmed: true }]);
    },
    30_000,
  );
});
